import std/times
import bedrock_token

const
  key = "AKIAIOSFODNN7EXAMPLE"
  secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

let token = generate(key, secret, nil, "eu-central-1")
let info = inspect(token)
echo token
echo info.accessKey.text, " ", info.region.text, " ", info.expiresAt
try:
  discard generate(key, secret & "\n", nil, "eu-central-1")
except BedrockTokenError as error:
  echo "refused: ", error.msg

# In a server: one for all threads. It asks for credentials when it needs them.
proc source(context: pointer, credentials: var Credentials): int32 {.cdecl, gcsafe, raises: [].} =
  credentials = Credentials(accessKey: key, secret: secret, expiresAt: getTime().toUnix + 900)

var provider = newProvider("us-west-2", source, service = ClaudePlatform)
echo provider.get.token
provider.close
