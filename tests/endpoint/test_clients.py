"""Each client, with long-term and with temporary credentials, and with what the service must refuse."""

import re
import subprocess
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pytest
from endpoint.clients import CLIENTS, SDKS, Client, environment
from endpoint.keys import KEYS, OTHERS_SECRET, REGION, Keys, with_another_digit
from endpoint.server import Server, World

OTHER_REGION = "us-west-2"
TEMPORARY = KEYS["temporary"]


@pytest.fixture
def ask(server: Server, world: World, tmp_path: Path):
    """Runs a client, and sees that nothing secret comes out of it."""

    def ask(client: Client, keys: Keys, region: str = REGION) -> subprocess.CompletedProcess[str]:
        command = [str(part() if callable(part) else part) for part in client.command]
        variables = {
            **environment(server.url, server.authority_file),
            "HOME": str(tmp_path),
            "AWS_ACCESS_KEY_ID": keys.access_key,
            "AWS_SECRET_ACCESS_KEY": keys.secret,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,  # boto3 reads this one
            **client.environment,
        }
        if keys.session:
            variables["AWS_SESSION_TOKEN"] = keys.session
        try:
            done = subprocess.run(
                command, env=variables, capture_output=True, text=True, timeout=120
            )
        except FileNotFoundError:
            pytest.skip(f"needs {command[0]}")
        said = done.stdout + done.stderr
        for secret in ("-key-", keys.secret, (keys.session or keys.secret)[:40]):
            assert secret not in said
        return done

    return ask


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("client", CLIENTS, ids=str)
def test_answered(ask, world: World, client: Client, kind: str) -> None:
    done = ask(client, KEYS[kind])
    result = [(c.endpoint, c.scheme, c.access_key, c.refused) for c in world.calls]
    assert done.returncode == 0, done.stdout + done.stderr
    assert result == [(client.service, client.scheme, KEYS[kind].access_key, None)]
    pieces = re.findall(r'"(?:content|text)": "([^"]*)"', done.stdout) or [done.stdout.strip()]
    assert "".join(pieces) == f"Hello from {REGION}"


SIGNATURE = "the signature is not that of the secret"
REFUSALS = {
    "for another region": f"made for {OTHER_REGION}, used in {REGION}",
    "ended": "ended",
    "another hex digit": SIGNATURE,
    "session token cut off": "the session token is not that of the access key",
    "another tenant's secret": SIGNATURE,
}


# Each client meets one reason, and each reason some clients: the server's own tests have them all.
@pytest.mark.parametrize(
    ("client", "case"),
    [pytest.param(c, case, id=f"{c}-{case}") for c, case in zip(CLIENTS, cycle(REFUSALS))],
)
def test_refused(ask, world: World, client: Client, case: str) -> None:
    keys, region = TEMPORARY, REGION
    if case == "for another region":
        region = OTHER_REGION
        world.region = REGION if client.region_in_address else None
    elif case == "ended":
        world.clock_ahead = timedelta(hours=13)
    elif case == "another hex digit":
        world.on_the_way = with_another_digit
    elif case == "session token cut off":
        keys = replace(keys, session=keys.session[:-1])
    elif case == "another tenant's secret":
        keys = replace(keys, secret=OTHERS_SECRET)
    done = ask(client, keys, region)
    refused = [call.refused for call in world.calls]
    assert set(refused) == {REFUSALS[case]}
    assert len(refused) in client.requests
    assert done.returncode != 0
    assert re.search(
        "API Key is valid|has expired|Invalid bearer token|Error code: 403|403 status code",
        done.stderr + done.stdout,
    )


@pytest.mark.parametrize("client", [c for c in CLIENTS if c.requests == (2,)], ids=str)
def test_asks_again_once(ask, world: World, client: Client) -> None:
    """The service refuses a token that it takes later: the role was changed, say."""
    world.refuse_next = 1
    assert ask(client, TEMPORARY).returncode == 0
    assert [call.refused for call in world.calls] == ["told to refuse", None]


@pytest.mark.parametrize("client", SDKS, ids=str)
def test_a_refused_token_and_a_renewal(ask, world: World, client: Client) -> None:
    """The service refuses the first token, and later the provider renews."""
    tokens: list[str] = []

    def note(token: str) -> str:
        tokens.append(token)
        return token

    world.on_the_way = note
    world.refuse_next = 1
    done = ask(client, TEMPORARY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-2:] == [f"Hello from {REGION}"] * 2  # litellm says more
    assert [call.refused for call in world.calls] == ["told to refuse", None, None]
    assert {call.endpoint for call in world.calls} == {client.service}
    assert len(set(tokens)) == 2  # besides the refused one
