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
  Times* = object ## In Unix seconds.
    validFrom*: int64 ## Before it, the token is from the future: the clock was wrong.
    renewAt*: int64 ## From here on one caller renews, and the others use the token.
    waitFrom*: int64 ## From here on the others wait for the renewal.
    expiresAt*: int64 ## From here on nobody uses the token.
  BedrockTokenError* = object of CatchableError ## Its message names the argument at fault, never its value.
    status*: int32

{.push cdecl, dynlib: found().}
proc bedrock_token_generate_into(service: int32, accessKey, secret, session, region: cstring, expires: uint32,
                                 signingTime: int64, buf: ptr char, capacity: csize_t,
                                 len: ptr csize_t): int32 {.importc.}
proc bedrock_token_inspect(token: cstring, info: ptr Info, infoSize: csize_t): int32 {.importc.}
proc bedrock_token_schedule(issuedAt: int64, expires: uint32, credentialsExpireAt: int64, times: ptr Times,
                            timesSize: csize_t): int32 {.importc.}
proc bedrock_token_retry_at(now, expiresAt: int64): int64 {.importc.}
proc bedrock_token_status_message(status: int32): cstring {.importc.}
{.pop.}

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

proc schedule*(issuedAt: int64, expires = 43200'u32, credentialsExpireAt = 0'i64): Times =
  ## When to use, renew and give up a token that you keep. ``credentialsExpireAt`` is 0 if the credentials
  ## do not end.
  check bedrock_token_schedule(issuedAt, expires, credentialsExpireAt, addr result, sizeof(Times).csize_t)

proc retryAt*(now, expiresAt: int64): int64 =
  ## When to ask for credentials again, after a renewal failed.
  bedrock_token_retry_at(now, expiresAt)
