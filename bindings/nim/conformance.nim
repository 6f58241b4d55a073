import std/[strutils, sequtils]
import bedrock_token

template answer(generated: untyped) =
  try:
    let token = generated
    let info = inspect(token)
    let life = uint32(info.expiresAt - info.issuedAt)
    let times = schedule(1_800_000_000, life, 1_800_000_600)
    echo [$0, token, $info.service, info.accessKey.text, info.region.text, $info.issuedAt, $info.expiresAt,
      $info.hasSession, $times.validFrom, $times.renewAt, $times.waitFrom, $times.expiresAt,
      $retryAt(1_800_000_000, 1_800_000_000 + life.int64)].join("\t")
  except BedrockTokenError as error:
    echo error.status, "\t", error.msg

proc hasNul(line: string): bool =
  ## A byte that no cstring has inside.
  for field in line.split('\t'):
    if field.startsWith("=") and '\0' in parseHexStr(field[1 .. ^1]): return true

for line in stdin.lines:
  let fields = line.split('\t')
  let number = parseInt(fields[0])
  let life = parseInt(fields[5])
  if number notin Service.low.ord .. Service.high.ord or life > uint32.high.int or line.hasNul:
    echo "-\n-" # the types have no other values
    continue
  let service = Service(number)
  let bytes = fields[1 .. 4].mapIt(if it == "-": "" else: parseHexStr(it[1 .. ^1]))
  var s: array[4, cstring]
  for i in 0 .. 3:
    s[i] = if fields[i + 1] == "-": nil else: bytes[i].cstring
  let expires = life.uint32
  answer generate(s[0], s[1], s[2], s[3], expires, service, parseBiggestInt(fields[6]))
  answer generate(s[0], s[1], s[2], s[3], expires, service)
