"""The Anthropic SDK's client of Claude Platform on AWS with asyncio, and an answer that comes in
pieces.

AWS_REGION=eu-central-1 ANTHROPIC_AWS_WORKSPACE_ID=wrkspc_...
"""

import asyncio
import os
import sys

import bedrock_token
from anthropic import AsyncAnthropicAWS, DefaultAsyncHttpxClient


async def main() -> None:
    provider = bedrock_token.from_session(service="claude-platform")
    client = AsyncAnthropicAWS(
        skip_auth=True,
        workspace_id=os.environ["ANTHROPIC_AWS_WORKSPACE_ID"],
        http_client=DefaultAsyncHttpxClient(auth=bedrock_token.BearerAuth(provider)),
    )
    async with client.messages.stream(
        model=sys.argv[1], max_tokens=1024, messages=[{"role": "user", "content": "Hello"}]
    ) as answer:
        async for text in answer.text_stream:
            print(text, end="", flush=True)
    print()


asyncio.run(main())
