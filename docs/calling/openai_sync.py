"""The OpenAI SDK, which asks the provider for a token before each request.

OPENAI_BASE_URL=https://bedrock-runtime.eu-central-1.amazonaws.com/openai/v1
"""

import sys

import bedrock_token
from openai import OpenAI

provider = bedrock_token.from_session()  # the credentials and the region that botocore finds
client = OpenAI(api_key=provider.get)
answer = client.chat.completions.create(
    model=sys.argv[1], messages=[{"role": "user", "content": "Hello"}]
)
print(answer.choices[0].message.content)
