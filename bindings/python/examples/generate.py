import bedrock_token

try:
    token = bedrock_token.generate(
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        None,  # session token
        "eu-central-1",
        expires=3600,
    )
except bedrock_token.BedrockTokenError as error:
    raise SystemExit(f"no token: {error}") from None  # names the argument, never shows its value

print(token)
print(bedrock_token.inspect(token))
