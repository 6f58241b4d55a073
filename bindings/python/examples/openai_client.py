import asyncio

from openai import AsyncOpenAI, OpenAI

import bedrock_token

provider = bedrock_token.from_session(region="eu-central-1")
# OPENAI_BASE_URL=https://bedrock-runtime.eu-central-1.amazonaws.com/openai/v1
client = OpenAI(api_key=provider.get)  # asks for the token with each request
async_client = AsyncOpenAI(api_key=provider.get_async)

model, prompt = "openai.gpt-oss-20b-1:0", "Say hello."
print(client.responses.create(model=model, input=prompt).output_text)


async def main() -> None:
    print((await async_client.responses.create(model=model, input=prompt)).output_text)


asyncio.run(main())
