"""boto3 with a token in its environment: export AWS_BEARER_TOKEN_BEDROCK=$(bedrock-token)"""

import sys

import boto3

client = boto3.client("bedrock-runtime", region_name="eu-central-1")
answer = client.converse(
    modelId=sys.argv[1], messages=[{"role": "user", "content": [{"text": "Hello"}]}]
)
print(answer["output"]["message"]["content"][0]["text"])
