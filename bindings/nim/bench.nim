## A worker of benches/languages.py: this file's neighbour, and OpenSSL by hand.
import std/[base64, monotimes, openssl, os, sequtils, strutils, tables, times, uri]
import bedrock_token

const
  Key = "AKIAIOSFODNN7EXAMPLE"
  Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
  Region = "eu-central-1"
  Empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

proc SHA256(data: cstring, length: csize_t, digest: cstring): cstring {.cdecl, importc.}

proc sha256(text: string): string =
  result = newString(32)
  discard SHA256(text.cstring, text.len.csize_t, result.cstring)

proc hmac(key, text: string): string =
  result = newString(32)
  discard HMAC(EVP_sha256(), key.cstring, key.len.cint, text.cstring, text.len.csize_t, result.cstring, nil)

proc byHand(session: string): string =
  let date = getTime().utc.format("yyyyMMdd'T'HHmmss'Z'")
  let scope = [date[0 .. 7], Region, "bedrock", "aws4_request"]
  var query = "Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" & Key & "%2F" &
    scope.join("%2F") & "&X-Amz-Date=" & date & "&X-Amz-Expires=43200"
  if session != "":
    query &= "&X-Amz-Security-Token=" & session.encodeUrl(usePlus = false)
  query &= "&X-Amz-SignedHeaders=host"
  let request = "POST\n/\n" & query & "\nhost:bedrock.amazonaws.com\n\nhost\n" & Empty
  let toSign = "AWS4-HMAC-SHA256\n" & date & "\n" & scope.join("/") & "\n" & request.sha256.toHex.toLowerAscii
  let signature = scope.foldl(hmac(a, b), "AWS4" & Secret).hmac(toSign).toHex.toLowerAscii
  "bedrock-api" & "-key-" & encode("bedrock.amazonaws.com/?" & query & "&X-Amz-Signature=" & signature & "&Version=1")

proc source(context: pointer, credentials: var Credentials): int32 {.cdecl, gcsafe, raises: [].} =
  credentials = Credentials(accessKey: Key, secret: Secret)

let provider = newProvider(Region, source)
let operations = {
  "generate": proc (session: string): string = generate(Key, Secret, session, Region),
  "kept": proc (session: string): string = provider.get.token,
  "by_hand": byHand
}.toTable
var sessions: Table[string, seq[string]]
for line in stdin.lines:
  let words = line.split(' ')
  let (generate, length, first) = (operations[words[1]], words[2], parseInt(words[3]))
  if length notin sessions:
    sessions[length] = toSeq(lines(paramStr(1) / length))
  template texts: untyped = sessions[length]
  if words[0] == "token":
    echo generate(texts[first])
  else:
    let started = getMonoTime()
    for i in 0 ..< first:
      discard generate(texts[i mod texts.len])
    echo (getMonoTime() - started).inNanoseconds
  stdout.flushFile
