"""boto3 with a token in its environment: bedrock-token exec -- python boto3_environment.py MODEL"""

import sys

import boto3

client = boto3.client("bedrock-runtime", region_name="eu-central-1")
answer = client.converse(
    modelId=sys.argv[1], messages=[{"role": "user", "content": [{"text": "Hello"}]}]
)
print(answer["output"]["message"]["content"][0]["text"])
