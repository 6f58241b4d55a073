"""The Anthropic SDK's client of Claude Platform on AWS, with a fresh token for each request.

AWS_REGION=eu-central-1 ANTHROPIC_AWS_WORKSPACE_ID=wrkspc_...
"""

import os
import sys

import bedrock_token
from anthropic import AnthropicAWS, DefaultHttpxClient

provider = bedrock_token.from_session(service="claude-platform")
client = AnthropicAWS(
    skip_auth=True,
    workspace_id=os.environ["ANTHROPIC_AWS_WORKSPACE_ID"],
    http_client=DefaultHttpxClient(auth=bedrock_token.BearerAuth(provider)),
)
answer = client.messages.create(
    model=sys.argv[1], max_tokens=1024, messages=[{"role": "user", "content": "Hello"}]
)
print(answer.content[0].text)
