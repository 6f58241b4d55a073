import std/[strutils, sequtils]
import bedrock_token

template answer(generated: untyped) =
  try:
    let token = generated
    let info = inspect(token)
    let life = info.expiresAt - info.issuedAt
    let times = schedule(1_800_000_000, life, 1_800_000_600)
    echo [$0, token, $info.service, info.accessKey, info.region, $info.issuedAt, $info.expiresAt,
      $info.hasSession.ord, $times.validFrom, $times.renewAt, $times.waitFrom, $times.expiresAt,
      $retryAt(1_800_000_000, 1_800_000_000 + life)].join("\t")
  except BedrockTokenError as error:
    echo error.status, "\t", error.msg

for line in stdin.lines:
  let fields = line.split('\t')
  let number = parseInt(fields[0])
  if number notin Service.low.ord .. Service.high.ord:
    echo "-\n-" # the type has no other values
    continue
  let service = Service(number)
  let s = fields[1 .. 4].mapIt(if it == "-": "" else: parseHexStr(it[1 .. ^1]))
  let expires = parseBiggestInt(fields[5])
  answer generate(s[0], s[1], s[2], s[3], expires, service, parseBiggestInt(fields[6]))
  answer generate(s[0], s[1], s[2], s[3], expires, service)
