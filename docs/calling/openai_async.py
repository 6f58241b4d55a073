"""The OpenAI SDK with asyncio, and a streamed answer.

OPENAI_BASE_URL=https://bedrock-runtime.eu-central-1.amazonaws.com/openai/v1
"""

import asyncio
import sys

import bedrock_token
from openai import AsyncOpenAI


async def main() -> None:
    provider = bedrock_token.from_session()
    client = AsyncOpenAI(api_key=provider.get_async)
    answer = await client.chat.completions.create(
        model=sys.argv[1], messages=[{"role": "user", "content": "Hello"}], stream=True
    )
    async for chunk in answer:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
    print()


asyncio.run(main())
