## Bearer tokens for Amazon Bedrock and Claude Platform on AWS, in Nim.
import std/[dynlib, times]

const file =
  when defined(windows): "bedrock_token.dll"
  elif defined(macosx): "libbedrock_token.0.dylib"
  else: "libbedrock_token.so.0"

proc found(): string =
  if loadLib(file) == nil:
    quit("cannot load " & file & ": install bedrock-token, or add the folder of this file to LD_LIBRARY_PATH " &
      "(macOS: DYLD_LIBRARY_PATH, Windows: PATH)")
  file

type
  Service* = enum
    Bedrock, ClaudePlatform
  Info* = object
    accessKey*: array[129, char]
    region*: array[64, char]
    issuedAt*, expiresAt*: int64
    hasSession*: int32
    service*: int32 ## A number of Service, or one that a newer library knows.
  Credentials* = object
    ## For a provider. The strings must live until the callback is called again or the provider is closed.
    accessKey*, secret*: cstring
    session*: cstring ## nil with long-term credentials
    expiresAt*: int64 ## Unix seconds; 0 if they do not end
  Source* = proc (context: pointer, credentials: var Credentials): int32 {.cdecl, gcsafe, raises: [].}
    ## Gives 0, or any other value if there are no credentials now.
  Provider* = object
    ## Keeps a token, and renews it before it or its credentials end. Threads may share one.
    native: pointer
  BedrockTokenError* = object of CatchableError ## Its message names the argument at fault, never its value.
    status*: int32

{.push cdecl, dynlib: found().}
proc bedrock_token_generate_into(service: int32, accessKey, secret, session, region: cstring, expires: uint32,
                                 signingTime: int64, buf: ptr char, capacity: csize_t,
                                 len: ptr csize_t): int32 {.importc.}
proc bedrock_token_free(token: cstring) {.importc.}
proc bedrock_token_inspect(token: cstring, info: ptr Info, infoSize: csize_t): int32 {.importc.}
proc bedrock_token_provider_new(service: int32, region: cstring, expires: uint32, source: Source, context: pointer,
                                provider: ptr pointer): int32 {.importc.}
proc bedrock_token_provider_get(provider: pointer, outBuf: ptr cstring, len: ptr csize_t,
                                expiresAt: ptr int64): int32 {.importc.}
proc bedrock_token_provider_invalidate(provider: pointer) {.importc.}
proc bedrock_token_provider_free(provider: pointer) {.importc.}
proc bedrock_token_status_message(status: int32): cstring {.importc.}
{.pop.}

proc `$`*(credentials: Credentials): string =
  ## Without the secrets.
  "Credentials of " & $credentials.accessKey

proc check(status: int32) =
  if status != 0:
    raise (ref BedrockTokenError)(status: status, msg: $bedrock_token_status_message(status))

proc text*(field: openArray[char]): string =
  ## A field of Info.
  $cast[cstring](unsafeAddr field[0])

proc generate*(accessKey, secret, session, region: cstring, expires = 43200'u32, service = Bedrock,
               at = getTime().toUnix): string =
  ## A token that is valid from now on, or from ``at`` on, in Unix seconds. The session token is nil with
  ## long-term credentials.
  # No token is longer: 4 bytes for each of a percent-encoded session token, less than 1 KiB else.
  result = newString(1024 + 4 * min(session.len, 65536))
  var length: csize_t
  check bedrock_token_generate_into(service.int32, accessKey, secret, session, region, expires, at, addr result[0],
                                    result.len.csize_t, addr length)
  result.setLen(length)

proc inspect*(token: string): Info =
  check bedrock_token_inspect(token.cstring, addr result, sizeof(Info).csize_t)

proc newProvider*(region: cstring, source: Source, context: pointer = nil, expires = 43200'u32,
                  service = Bedrock): Provider =
  check bedrock_token_provider_new(service.int32, region, expires, source, context, addr result.native)

proc get*(provider: Provider): tuple[token: string, expiresAt: int64] =
  ## The token, and when it ends, in Unix seconds.
  var token: cstring
  check bedrock_token_provider_get(provider.native, addr token, nil, addr result.expiresAt)
  result.token = $token # a copy
  bedrock_token_free(token)

proc invalidate*(provider: Provider) =
  ## For when the service refused the token.
  bedrock_token_provider_invalidate(provider.native)

proc close*(provider: var Provider) =
  bedrock_token_provider_free(provider.native)
  provider.native = nil
