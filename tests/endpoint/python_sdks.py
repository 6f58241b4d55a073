"""python_sdks.py SDK sync|async: asks with a client of bindings/python/examples/sdks.py. The test's
server refuses the first request. After that comes a renewal."""

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "bindings/python/examples"))

import sdks
from bedrock_token import Provider, authorize, from_session

PROMPT = "Hello"
MESSAGES = [{"role": "user", "content": PROMPT}]
PROFILE, BARE = "eu.anthropic.claude-sonnet-5", "anthropic.claude-sonnet-5"


def text_of(answer) -> str:
    if isinstance(answer, dict):  # boto3's
        return answer["output"]["message"]["content"][0]["text"]
    for name in ("output_text", "content"):
        if isinstance(getattr(answer, name, None), str):
            return getattr(answer, name)
    if hasattr(answer, "choices"):
        return answer.choices[0].message.content
    return "".join(
        block["text"] if isinstance(block, dict) else block.text for block in answer.content
    )


def responses(clients, model) -> list[Callable]:
    return [lambda c=c: c.responses.create(model=model, input=PROMPT) for c in clients]


def messages(clients, model) -> list[Callable]:
    about = {"model": model, "max_tokens": 1024, "messages": MESSAGES}
    return [lambda c=c: c.messages.create(**about) for c in clients]


def anthropic(name: str, model: str, **options) -> Callable[[Provider], list[Callable]]:
    return lambda provider: messages(sdks.anthropic(name, provider, **options), model)


def chat(model) -> list[Callable]:
    return [lambda: model.invoke(PROMPT), lambda: model.ainvoke(PROMPT)]


def boto3(provider: Provider) -> list[Callable]:
    import boto3

    client = boto3.client("bedrock-runtime", region_name=provider.region)
    authorize(client, provider)
    said = [{"role": "user", "content": [{"text": PROMPT}]}]
    return [lambda: client.converse(modelId="openai.gpt-oss-20b-1:0", messages=said)]


# What asks, and what asks with asyncio. boto3 has no such client.
ASKING = {
    "boto3": boto3,
    "openai": lambda p: responses(sdks.openai(p), "openai.gpt-oss-20b"),
    "openai_bedrock": lambda p: responses(sdks.openai_bedrock(p), "openai.gpt-5.5"),
    "anthropic_plain": lambda p: messages(sdks.anthropic_plain(p), BARE),
    "anthropic_bedrock": anthropic("AnthropicBedrock", PROFILE, api_key="unused"),
    "anthropic_mantle": anthropic("AnthropicBedrockMantle", BARE, skip_auth=True),
    "claude_platform": anthropic(
        "AnthropicAWS", "claude-sonnet-5", skip_auth=True, workspace_id="wrkspc_1"
    ),
    "langchain": lambda p: chat(sdks.langchain(p)),
    "langchain_converse": lambda p: chat(sdks.langchain_converse(p)),
    "litellm": lambda p: [lambda ask=ask: ask(PROMPT) for ask in sdks.litellm(p)],
}
# The program itself has to repeat a refused request.
BY_ITSELF = {"litellm", "openai_bedrock"}


async def main(name: str, kind: str) -> None:
    provider = from_session(service="claude-platform" if name == "claude_platform" else "bedrock")
    first = provider.get()
    time.sleep(1.1)  # the next one is a token of another second
    ask, *ask_async = ASKING[name](provider)

    async def answer() -> str:
        return text_of(await ask_async[0]() if kind == "async" else ask())

    if name in BY_ITSELF:
        try:
            await answer()
            raise SystemExit("not refused")
        except Exception as error:
            print(type(error).__name__, file=sys.stderr)
            provider.invalidate(first)
    print(await answer())
    provider.invalidate()
    time.sleep(1.1)
    print(await answer())


asyncio.run(main(*sys.argv[1:]))
