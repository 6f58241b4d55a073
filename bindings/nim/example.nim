import bedrock_token

const
  key = "AKIAIOSFODNN7EXAMPLE"
  secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

let token = generate(key, secret, "", "eu-central-1")
let info = inspect(token)
echo token
echo info.accessKey, " ", info.region, " ", info.expiresAt
try:
  discard generate(key, secret & "\n", "", "eu-central-1")
except BedrockTokenError as error:
  echo "refused: ", error.msg

echo generate(key, secret, "", "us-west-2", service = ClaudePlatform)
