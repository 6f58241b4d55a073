"""The Anthropic SDK's client of Claude Platform on AWS, with a fresh token for each request.

AWS_REGION=eu-central-1 ANTHROPIC_AWS_WORKSPACE_ID=wrkspc_...
"""

import sys

import bedrock_token
from anthropic import AnthropicAWS

provider = bedrock_token.from_session(service="claude-platform")
client = AnthropicAWS(api_key=provider.get())
answer = client.with_options(api_key=provider.get()).messages.create(
    model=sys.argv[1], max_tokens=1024, messages=[{"role": "user", "content": "Hello"}]
)
print(answer.content[0].text)
