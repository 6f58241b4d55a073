"""boto3 with a fresh token for each request, and a streamed answer."""

import sys

import bedrock_token
import boto3

provider = bedrock_token.from_session()
client = boto3.client("bedrock-runtime")
bedrock_token.authorize(client, provider)
answer = client.converse_stream(
    modelId=sys.argv[1], messages=[{"role": "user", "content": [{"text": "Hello"}]}]
)
for event in answer["stream"]:
    print(event.get("contentBlockDelta", {}).get("delta", {}).get("text", ""), end="", flush=True)
print()
