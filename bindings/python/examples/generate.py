import bedrock_token

KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

token = bedrock_token.generate(KEY, SECRET, None, "eu-central-1")
print(token)
info = bedrock_token.inspect(token)
print(info.access_key, info.region, info.expires_at)

try:
    bedrock_token.generate(KEY, SECRET + "\n", None, "eu-central-1")
except bedrock_token.BedrockTokenError as error:
    print(f"refused: {error}")  # names the argument, never shows its value

# In a server: one for all threads. It asks for credentials when it needs them.
provider = bedrock_token.Provider(
    lambda: bedrock_token.Credentials(KEY, SECRET), "us-west-2", service="claude-platform"
)
print(provider.get())
