import boto3

import bedrock_token

session = boto3.Session(region_name="eu-central-1")
client = session.client("bedrock-runtime")
bedrock_token.authorize(client, bedrock_token.from_session(session))

answer = client.converse(
    modelId="openai.gpt-oss-20b-1:0",
    messages=[{"role": "user", "content": [{"text": "Say hello."}]}],
)
print(answer["output"]["message"]["content"][0]["text"])
