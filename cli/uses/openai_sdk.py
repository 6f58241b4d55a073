import subprocess

from openai import OpenAI


def token() -> str:
    """A new one for each request: it takes a few milliseconds."""
    command = ["bedrock-token", "--region", "eu-central-1"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


client = OpenAI(
    base_url="https://bedrock-runtime.eu-central-1.amazonaws.com/openai/v1", api_key=token
)
answer = client.chat.completions.create(
    model="openai.gpt-oss-120b-1:0", messages=[{"role": "user", "content": "Hello"}]
)
print(answer.choices[0].message.content)
