"""Each client of bindings/python/examples: the service refuses the first token, and later the provider
renews."""

from pathlib import Path

import pytest
from endpoint.clients import CLAUDE, MANTLE, RUNTIME, python, run
from endpoint.keys import KEYS, REGION
from endpoint.server import Server, World

HERE = Path(__file__).parent
SDKS = {
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


@pytest.mark.parametrize(
    ("sdk", "kind"),
    [("boto3", "sync"), *((sdk, kind) for sdk in SDKS for kind in ("sync", "async"))],
)
def test_a_refused_token_and_a_renewal(
    server: Server, world: World, tmp_path: Path, sdk: str, kind: str
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
    program = [python(), HERE / "python_sdks.py", sdk, kind]
    said = run(*program, env=variables, timeout=120)
    assert said.splitlines()[-2:] == [f"Hello from {REGION}"] * 2  # litellm says more
    assert [call.refused for call in world.calls] == ["told to refuse", None, None]
    assert {call.endpoint for call in world.calls} == {SDKS.get(sdk, RUNTIME).partition(".")[0]}
    assert len(set(tokens)) == 2  # besides the refused one
