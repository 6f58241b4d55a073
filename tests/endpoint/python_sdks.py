"""python_sdks.py SDK sync|async: asks with a client of bindings/python/examples/sdks.py. The test's
server refuses the first request. After that comes a renewal."""

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "bindings/python/examples"))

import sdks
from bedrock_token import Provider, from_session

PROMPT = "Hello"
MESSAGES = [{"role": "user", "content": PROMPT}]


def text_of(answer) -> str:
    for name in ("output_text", "content"):
        if isinstance(getattr(answer, name, None), str):
            return getattr(answer, name)
    if hasattr(answer, "choices"):
        return answer.choices[0].message.content
    return "".join(
        block["text"] if isinstance(block, dict) else block.text for block in answer.content
    )


def responses(client, model):
    return client.responses.create(model=model, input=PROMPT)


def messages(client, model):
    return client.messages.create(model=model, max_tokens=1024, messages=MESSAGES)


CALLS = {
    "openai": (responses, "openai.gpt-oss-20b"),
    "openai_bedrock": (responses, "openai.gpt-5.5"),
    "anthropic_plain": (messages, "anthropic.claude-sonnet-5"),
    "anthropic_bedrock": (messages, "eu.anthropic.claude-sonnet-5"),
    "anthropic_mantle": (messages, "anthropic.claude-sonnet-5"),
    "claude_platform": (messages, "claude-sonnet-5"),
}


def both(name: str, provider: Provider) -> tuple[Callable, Callable]:
    """What asks, and what asks with asyncio."""
    if name == "litellm":
        return (
            lambda: sdks.litellm(provider, PROMPT),
            lambda: sdks.litellm_async(provider, PROMPT),
        )
    if name.startswith("langchain"):
        chat = getattr(sdks, name)(provider)
        return lambda: chat.invoke(PROMPT), lambda: chat.ainvoke(PROMPT)
    workspace = ["wrkspc_1"] if name == "claude_platform" else []
    client, async_client = getattr(sdks, name)(provider, *workspace)
    call, model = CALLS[name]
    return lambda: call(client, model), lambda: call(async_client, model)


# The program itself has to repeat a refused request.
BY_ITSELF = {"litellm", "openai_bedrock"}


async def main(name: str, kind: str) -> None:
    service = "claude-platform" if name == "claude_platform" else "bedrock"
    provider = from_session(service=service)
    first = provider.get()
    time.sleep(1.1)  # the next one is a token of another second

    ask, ask_async = both(name, provider)

    async def answer() -> str:
        return text_of(await ask_async() if kind == "async" else ask())

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
