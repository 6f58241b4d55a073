# Run it with: bedrock-token exec --region eu-central-1 -- python3 litellm_sdk.py
from litellm import completion

answer = completion(
    model="bedrock/converse/eu.anthropic.claude-sonnet-4-6",
    messages=[{"role": "user", "content": "Hello"}],
)
print(answer.choices[0].message.content)
