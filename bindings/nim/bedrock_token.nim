## AWS Bedrock API keys in Nim.
const library = "libbedrock_token.so.0"

type
  Info* = object
    accessKey*: array[129, char]
    region*: array[64, char]
    issuedAt*, expiresAt*: int64
    hasSession*: int32
  BedrockTokenError* = object of CatchableError ## Its message names the argument at fault, never its value.
    status*: int32

{.push cdecl, dynlib: library.}
proc bedrock_token_generate(accessKey, secret, session, region: cstring, expires: uint32,
                            outBuf: ptr cstring, len: ptr csize_t): int32 {.importc.}
proc bedrock_token_free(token: cstring) {.importc.}
proc bedrock_token_inspect(token: cstring, info: ptr Info, infoSize: csize_t): int32 {.importc.}
proc bedrock_token_status_message(status: int32): cstring {.importc.}
{.pop.}

proc check*(status: int32) =
  if status != 0:
    raise (ref BedrockTokenError)(status: status, msg: $bedrock_token_status_message(status))

proc text*(field: openArray[char]): string =
  ## A field of Info.
  $cast[cstring](unsafeAddr field[0])

proc generate*(accessKey, secret, session, region: cstring, expires = 43200'u32): string =
  ## The session token is nil with long-term credentials.
  var token: cstring
  check bedrock_token_generate(accessKey, secret, session, region, expires, addr token, nil)
  result = $token # a copy
  bedrock_token_free(token)

proc inspect*(token: string): Info =
  check bedrock_token_inspect(token.cstring, addr result, sizeof(Info).csize_t)
