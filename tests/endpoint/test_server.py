"""The server itself: it takes the tokens of AWS's own generators, and refuses each kind of bad one for
its own reason."""

import http.client
import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from aws_bedrock_token_generator import provide_token
from botocore.credentials import Credentials
from endpoint import models
from endpoint.clients import CLAUDE, MANTLE, RUNTIME, WORKSPACE, chat_arguments
from endpoint.keys import KEYS, OTHERS_SECRET, REGION, Keys, changed, with_another_digit
from endpoint.server import Server, World
from endpoint.token_check import Tenant
from token_generator_for_aws_external_anthropic import get_token


def official(host: str, keys: Keys, region: str = REGION, life: int = 43200) -> str:
    """AWS's own generator's token for this host."""
    credentials = Credentials(keys.access_key, keys.secret, keys.session)
    expiry = timedelta(seconds=life)
    if host == CLAUDE:
        return get_token(credentials=credentials, region=region, expiry=expiry)
    return provide_token(region, SimpleNamespace(load=lambda: credentials), expiry)


def post(server: Server, host: str, token: str, **headers: str) -> tuple[int, dict]:
    url, model, *_ = chat_arguments(host, "http")
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
    headers = {"Authorization": f"Bearer {token}", "anthropic-workspace-id": WORKSPACE, **headers}
    said = [{"role": "user", "content": "Hello"}]
    asked = {"model": model, "max_tokens": 9, "messages": said}
    connection.request("POST", url, json.dumps(asked), headers)
    response = connection.getresponse()
    answered = json.loads(response.read())
    connection.close()
    return response.status, answered


@pytest.mark.parametrize("host", [RUNTIME, MANTLE, CLAUDE])
@pytest.mark.parametrize("kind", KEYS)
def test_takes_official_tokens(server: Server, world: World, host: str, kind: str) -> None:
    status, answered = post(server, host, official(host, KEYS[kind]))
    assert (status, f"Hello from {REGION}" in json.dumps(answered)) == (200, True)
    assert world.calls[0].access_key == KEYS[kind].access_key


LONG, TEMPORARY = KEYS["long-term"], KEYS["temporary"]


def of(access_key: str, secret: str, session: str | None = None) -> str:
    return official(RUNTIME, Keys(access_key, secret, session))


GOOD = official(RUNTIME, LONG)


def good(old: str, new: str, token: str = GOOD) -> str:
    """A good token, with another text inside."""
    return changed(token, lambda url: url.replace(old, new))


ELSEWHERE = official(RUNTIME, LONG, "us-west-2")
NOT_IN_BASE64 = "cut off or altered: not a presigned URL in Base64"
REFUSALS = {
    "no bearer token": [""],
    "a long-term key, and this service has none": ["ABSK" + "QmVkcm9jaw==" * 9],
    "a key for another service": [official(CLAUDE, LONG)],
    "not a short-term key": [LONG.secret],
    NOT_IN_BASE64: [GOOD[:-1]],
    "cut off or altered: not the presigned URL of a token": [
        good("&Version=1", ""),
        good("&Version=1", "&Version=2"),
        good("&Version=1", "&Version=1&a=b"),
        good("&Version=1", "&Version=1&Version=1"),
        good("bedrock.", "badrock."),
    ],
    f"made for us-west-2, used in {REGION}": [ELSEWHERE],
    "signed for another service": [good("%2Fbedrock%2F", "%2Fs3%2F")],
    "the credential scope is malformed": [good("%2Faws4_request", "%2Faws4_request%2F")],
    "the date and the credential scope differ": [good("EXAMPLE%2F2", "EXAMPLE%2F1")],
    "the date is malformed": [good("X-Amz-Date=", "X-Amz-Date=x")],
    "the life is malformed": [good("Expires=43200", "Expires=-1")],
    "lives longer than 12 hours": [good("Expires=43200", "Expires=86400")],
    "the access key is unknown": [of("AKIAI44QH8DHBEXAMPLE", LONG.secret)],
    "the session token is missing": [of(TEMPORARY.access_key, TEMPORARY.secret)],
    "the session token is not that of the access key": [
        of(TEMPORARY.access_key, TEMPORARY.secret, TEMPORARY.session[:-1]),
        of(LONG.access_key, LONG.secret, TEMPORARY.session),
    ],
    "the signature is not that of the secret": [
        with_another_digit(GOOD),
        good("Expires=43200", "Expires=43199"),
        good("us-west-2", REGION, ELSEWHERE),
        of(LONG.access_key, OTHERS_SECRET),
    ],
}


@pytest.mark.parametrize("reason", REFUSALS)
def test_refuses(server: Server, world: World, reason: str) -> None:
    for token in REFUSALS[reason]:
        status, answered = post(server, RUNTIME, token)
        assert world.calls[-1].refused == reason
        assert (status, list(answered)) == (403, ["Message"])


def test_time_and_permission(server: Server, world: World) -> None:
    def refused(keys: Keys) -> str | None:
        status, answered = post(server, RUNTIME, official(RUNTIME, keys, life=3600))
        reason = world.calls[-1].refused
        assert (status == 200) == (reason is None)
        return reason and f"{reason} / {answered['Message']}"

    assert refused(LONG) is None
    world.clock_ahead = timedelta(seconds=-299)
    assert refused(LONG) is None
    world.clock_ahead = timedelta(seconds=-310)
    assert refused(LONG) == (
        "not valid yet: the caller's clock is fast"
        " / Authentication failed: Please make sure your API Key is valid."
    )
    world.clock_ahead = timedelta(seconds=3590)
    assert refused(LONG) is None
    world.clock_ahead = timedelta(seconds=3600)
    assert refused(LONG) == "ended / Bearer Token has expired"
    world.clock_ahead = timedelta()
    session = TEMPORARY.session
    assert refused(TEMPORARY) is None
    world.tenants[TEMPORARY.access_key] = Tenant(TEMPORARY.secret, session, world.now())
    assert refused(TEMPORARY) == "the session ended / Bearer Token has expired"
    world.tenants[LONG.access_key] = Tenant(LONG.secret, may_call_with_bearer_token=False)
    assert refused(LONG) == " / ".join(
        ["not authorized to perform: bedrock:CallWithBearerToken"] * 2
    )


def test_each_service_refuses_in_its_own_way(server: Server, world: World) -> None:
    assert post(server, MANTLE, "x")[0] == 401
    assert post(server, MANTLE, "x")[1]["error"]["code"] == "invalid_api_key"
    assert post(server, CLAUDE, "x")[0] == 403
    assert post(server, CLAUDE, "x")[1]["error"]["type"] == "permission_error"
    good = official(CLAUDE, LONG)
    assert post(server, CLAUDE, good, **{"anthropic-workspace-id": ""})[0] == 403
    assert world.calls[-1].refused == "no anthropic-workspace-id"
    assert post(server, CLAUDE, "", **{"Authorization": "", "x-api-key": good})[0] == 200


@pytest.mark.parametrize(
    ("endpoint", "path", "model", "taken"),
    [
        ("bedrock-runtime", "/openai/v1/chat/completions", "openai.gpt-oss-20b-1:0", True),
        ("bedrock-runtime", "/openai/v1/chat/completions", "openai.gpt-oss-20b", False),
        ("bedrock-runtime", "/openai/v1/responses", "openai.gpt-oss-20b-1:0", False),
        ("bedrock-runtime", "/openai/v1/responses", "us.openai.gpt-6-sol", True),
        ("bedrock-runtime", "/model/x/converse", "eu.anthropic.claude-sonnet-5", True),
        ("bedrock-runtime", "/model/x/converse", "anthropic.claude-sonnet-5", False),
        ("bedrock-runtime", "/anthropic/v1/messages", "global.anthropic.claude-sonnet-5", True),
        ("bedrock-runtime", "/anthropic/v1/messages", "anthropic.claude-sonnet-5", False),
        ("bedrock-mantle", "/v1/responses", "openai.gpt-oss-20b", True),
        ("bedrock-mantle", "/openai/v1/responses", "openai.gpt-oss-20b", False),
        ("bedrock-mantle", "/openai/v1/responses", "openai.gpt-5.5", True),
        ("bedrock-mantle", "/v1/responses", "openai.gpt-5.5", False),
        ("bedrock-mantle", "/v1/chat/completions", "openai.gpt-oss-20b-1:0", False),
        ("bedrock-mantle", "/anthropic/v1/messages", "anthropic.claude-sonnet-5", True),
        ("bedrock-mantle", "/anthropic/v1/messages", "eu.anthropic.claude-sonnet-5", False),
        ("bedrock-mantle", "/anthropic/v1/messages", "anthropic.claude-sonnet-4-6", False),
        ("aws-external-anthropic", "/v1/messages", "claude-sonnet-5", True),
        ("aws-external-anthropic", "/v1/messages", "anthropic.claude-sonnet-5", False),
    ],
)
def test_models_are_where_the_services_have_them(endpoint, path, model, taken):
    assert (models.refusal(endpoint, path, model) is None) == taken
