import std/[strutils, sequtils]
import bedrock_token

proc bedrock_token_generate_into(accessKey, secret, session, region: cstring, expires: uint32,
                                 signingTime: int64, buf: ptr char, capacity: csize_t, len: ptr csize_t): int32
                                {.cdecl, importc, dynlib: "libbedrock_token.so.0".}

proc generateAt(s: openArray[cstring], expires: uint32, time: int64): string =
  var length: csize_t
  discard bedrock_token_generate_into(s[0], s[1], s[2], s[3], expires, time, nil, 0, addr length)
  var buffer = newSeq[char](length + 1)
  check bedrock_token_generate_into(s[0], s[1], s[2], s[3], expires, time, addr buffer[0], length + 1, nil)
  buffer.text

template answer(generated: untyped) =
  try:
    let token = generated
    let info = inspect(token)
    echo [$0, token, info.accessKey.text, info.region.text, $info.issuedAt, $info.expiresAt, $info.hasSession].join("\t")
  except BedrockTokenError as error:
    echo error.status, "\t", error.msg

for line in stdin.lines:
  let fields = line.split('\t')
  let bytes = fields[0 .. 3].mapIt(if it == "-": "" else: parseHexStr(it[1 .. ^1]))
  var s: array[4, cstring]
  for i in 0 .. 3:
    s[i] = if fields[i] == "-": nil else: bytes[i].cstring
  let expires = parseBiggestUInt(fields[4]).uint32
  answer generateAt(s, expires, parseBiggestInt(fields[5]))
  answer generate(s[0], s[1], s[2], s[3], expires)
