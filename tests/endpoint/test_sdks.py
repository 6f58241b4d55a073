"""Each client of bindings/python/examples and of bindings/go/sdks/sdks.go: the service refuses the first token,
and later the provider renews."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from endpoint.clients import CLAUDE, MANTLE, RUNTIME, go, python, run
from endpoint.keys import KEYS, REGION
from endpoint.server import Server, World

HERE = Path(__file__).parent
PYTHON = {
    "openai": MANTLE,
    "openai_bedrock": MANTLE,
    "anthropic_plain": MANTLE,
    "anthropic_bedrock": RUNTIME,
    "anthropic_mantle": MANTLE,
    "claude_platform": CLAUDE,
    "langchain": MANTLE,
    "langchain_converse": RUNTIME,
    "litellm": RUNTIME,
}
GO = {
    "aws": RUNTIME,
    "aws-hook": RUNTIME,
    "anthropic": RUNTIME,
    "anthropic-hook": RUNTIME,
    "claude-platform": CLAUDE,
}


def python_sdk(sdk: str, kind: str) -> list[object]:
    return [python(), HERE / "python_sdks.py", sdk, kind]


def go_sdk(sdk: str) -> list[object]:
    return [go("sdks", "."), sdk]


CLIENTS = {
    "Python, boto3, sync": (partial(python_sdk, "boto3", "sync"), RUNTIME),
    **{
        f"Python, {sdk}, {kind}": (partial(python_sdk, sdk, kind), host)
        for sdk, host in PYTHON.items()
        for kind in ("sync", "async")
    },
    **{f"Go, {sdk}": (partial(go_sdk, sdk), host) for sdk, host in GO.items()},
}


@pytest.mark.parametrize(("program", "host"), CLIENTS.values(), ids=CLIENTS)
def test_a_refused_token_and_a_renewal(
    server: Server, world: World, tmp_path: Path, program: Callable[[], list[object]], host: str
) -> None:
    tokens: list[str] = []

    def note(token: str) -> str:
        tokens.append(token)
        return token

    world.on_the_way = note
    world.refuse_next = 1
    keys = KEYS["temporary"]
    variables = {
        "HOME": str(tmp_path),
        "HTTPS_PROXY": server.url,
        **dict.fromkeys(("SSL_CERT_FILE", "AWS_CA_BUNDLE"), str(server.authority_file)),
        "AWS_ACCESS_KEY_ID": keys.access_key,
        "AWS_SECRET_ACCESS_KEY": keys.secret,
        "AWS_SESSION_TOKEN": keys.session,
        "AWS_REGION": REGION,
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else it asks the internet
    }
    said = run(*program(), env=variables, timeout=120)
    assert said.splitlines()[-2:] == [f"Hello from {REGION}"] * 2  # litellm says more
    assert [call.refused for call in world.calls] == ["told to refuse", None, None]
    assert {call.endpoint for call in world.calls} == {host.partition(".")[0]}
    assert len(set(tokens)) == 2  # besides the refused one
