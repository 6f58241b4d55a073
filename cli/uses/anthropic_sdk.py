# Run it with: bedrock-token exec --region eu-central-1 -- python3 anthropic_sdk.py
from anthropic import AnthropicBedrockMantle

client = AnthropicBedrockMantle()
answer = client.messages.create(
    model="anthropic.claude-sonnet-5",
    max_tokens=1024,
    messages=[{"role": "user", "content": "Hello"}],
)
print(answer.content[0].text)
