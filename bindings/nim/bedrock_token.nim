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
  BedrockTokenError* = object of CatchableError ## Its message names the argument at fault, never its value.
    status*: int32

{.push cdecl, dynlib: found().}
proc bedrock_token_generate_into(service: int32, accessKey, secret, session, region: cstring, expires: uint32,
                                 signingTime: int64, buf: ptr char, capacity: csize_t,
                                 len: ptr csize_t): int32 {.importc.}
proc bedrock_token_inspect(token: cstring, info: ptr Info, infoSize: csize_t): int32 {.importc.}
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
