## bedrock-token 0.1.0: bearer tokens for Amazon Bedrock and Claude Platform on AWS. Apache-2.0.
## https://github.com/bedrock-token/bedrock-token
import std/[dynlib, strutils, times]

const file =
  when defined(windows): "bedrock_token.dll"
  elif defined(macosx): "libbedrock_token.0.dylib"
  else: "libbedrock_token.so.0"

when not defined(windows):
  proc dlerror(): cstring {.importc, header: "<dlfcn.h>".}

proc found(): string =
  if loadLib(file) == nil:
    let reason = when defined(windows): file & " could not be found" else: $dlerror()
    let advice = ": install bedrock-token, or add the folder of this file to LD_LIBRARY_PATH " &
      "(macOS: DYLD_LIBRARY_PATH, Windows: PATH)"
    let missing = "no such file" in reason.toLowerAscii or "not be found" in reason
    raise newException(LibraryError, "cannot load " & reason & (if missing: advice else: ""))
  file

type
  Service* = enum
    Bedrock, ClaudePlatform
  Info* = object
    accessKey*, region*: string
    issuedAt*, expiresAt*: int64 ## Unix seconds.
    hasSession*: bool
    service*: int32 ## A number of Service, or one that a newer library knows.
  Times* = object ## In Unix seconds.
    validFrom*: int64 ## Before it, the token is from the future: the clock was wrong.
    renewAt*: int64 ## From here on one caller renews, and the others use the token.
    waitFrom*: int64 ## From here on the others wait for the renewal.
    expiresAt*: int64 ## From here on nobody uses the token.
  BedrockTokenError* = object of CatchableError ## Its message names the argument at fault, never its value.
    status*: int32
  RawInfo = object
    accessKey: array[129, char]
    region: array[64, char]
    issuedAt, expiresAt: int64
    hasSession, service: int32

{.push cdecl, dynlib: found().}
proc bedrock_token_generate_into(service: int32, accessKey, secret, session, region: cstring, expires: uint32,
                                 signingTime: int64, buf: ptr char, capacity: csize_t,
                                 len: ptr csize_t): int32 {.importc.}
proc bedrock_token_inspect(token: cstring, info: ptr RawInfo, infoSize: csize_t): int32 {.importc.}
proc bedrock_token_schedule(issuedAt: int64, expires: uint32, credentialsExpireAt: int64, times: ptr Times,
                            timesSize: csize_t): int32 {.importc.}
proc bedrock_token_retry_at(now, expiresAt: int64): int64 {.importc.}
proc bedrock_token_status_message(status: int32): cstring {.importc.}
{.pop.}

proc check(status: int32) =
  if status != 0:
    raise (ref BedrockTokenError)(status: status, msg: $bedrock_token_status_message(status))

proc text(s: string): string =
  ## C would end the string at a NUL inside. "\x7F" is refused.
  if '\0' in s: "\x7F" else: s

proc life(expires: int64): uint32 =
  ## 0 is refused.
  if expires in 0'i64 .. uint32.high.int64: expires.uint32 else: 0

proc generate*(accessKey, secret, session, region: string, expires = 43200'i64, service = Bedrock,
               at = getTime().toUnix): string =
  ## A token that is valid from now on, or from ``at`` on, in Unix seconds. The session token is "" with
  ## long-term credentials.
  # No token is longer: 4 bytes for each of a percent-encoded session token, less than 1 KiB else.
  result = newString(1024 + 4 * min(session.len, 65536))
  let (accessKey, secret, session, region) = (accessKey.text, secret.text, session.text, region.text)
  var length: csize_t
  check bedrock_token_generate_into(service.int32, accessKey, secret, session, region, expires.life, at,
                                    addr result[0], result.len.csize_t, addr length)
  result.setLen(length)

proc inspect*(token: string): Info =
  let token = token.text
  var raw: RawInfo
  check bedrock_token_inspect(token, addr raw, sizeof(raw).csize_t)
  Info(accessKey: $cast[cstring](addr raw.accessKey), region: $cast[cstring](addr raw.region),
       issuedAt: raw.issuedAt, expiresAt: raw.expiresAt, hasSession: raw.hasSession == 1, service: raw.service)

proc schedule*(issuedAt: int64, expires = 43200'i64, credentialsExpireAt = 0'i64): Times =
  ## When to use, renew and give up a token that you keep. ``credentialsExpireAt`` is 0 if the credentials
  ## do not end.
  check bedrock_token_schedule(issuedAt, expires.life, credentialsExpireAt, addr result, sizeof(Times).csize_t)

proc retryAt*(now, expiresAt: int64): int64 =
  ## When to ask for credentials again, after a renewal failed.
  bedrock_token_retry_at(now, expiresAt)
