-- A worker of benches/languages.py: this file's neighbour, and OpenSSL by hand.
package.path = arg[0]:match("^(.*)/") .. "/?.lua;" .. package.path

local KEY, SECRET, REGION = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "eu-central-1"

local operations = {}

function operations.generate()
  local bedrock_token = require("bedrock_token")
  return function(session) return assert(bedrock_token.generate(KEY, SECRET, session, REGION)) end
end

function operations.kept()
  local provider = require("bedrock_token").provider(REGION, function() return { access_key = KEY, secret = SECRET } end)
  return function() return assert(provider:token()) end
end

function operations.by_hand()
  local digest, hmac, base64 = require("openssl.digest"), require("openssl.hmac"), require("mime").b64
  local function hex(bytes)
    return (bytes:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end))
  end
  local function sha256(text) return digest.new("sha256"):final(text) end
  local empty = hex(sha256(""))
  return function(session)
    local date = os.date("!%Y%m%dT%H%M%SZ")
    local scope = { date:sub(1, 8), REGION, "bedrock", "aws4_request" }
    local query = "Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" .. KEY .. "%2F"
      .. table.concat(scope, "%2F") .. "&X-Amz-Date=" .. date .. "&X-Amz-Expires=43200"
    if session then
      local escaped = session:gsub("[^%w%-_.~]", function(byte) return ("%%%02X"):format(byte:byte()) end)
      query = query .. "&X-Amz-Security-Token=" .. escaped
    end
    query = query .. "&X-Amz-SignedHeaders=host"
    local request = "POST\n/\n" .. query .. "\nhost:bedrock.amazonaws.com\n\nhost\n" .. empty
    local key = "AWS4" .. SECRET
    for _, part in ipairs(scope) do key = hmac.new(key, "sha256"):final(part) end
    local to_sign = "AWS4-HMAC-SHA256\n" .. date .. "\n" .. table.concat(scope, "/") .. "\n" .. hex(sha256(request))
    local signature = hex(hmac.new(key, "sha256"):final(to_sign))
    return "bedrock-api" .. "-key-"
      .. base64("bedrock.amazonaws.com/?" .. query .. "&X-Amz-Signature=" .. signature .. "&Version=1")
  end
end

local function read(length)
  local texts = {}
  for line in io.lines(arg[1] .. "/" .. length) do
    table.insert(texts, line ~= "" and line or false)
  end
  return texts
end

local generators, sessions = {}, {}
io.stdout:setvbuf("line")
for line in io.lines() do
  local command, name, length, first = line:match("^(%S+) (%S+) (%d+) (%d+)")
  generators[name] = generators[name] or operations[name]()
  sessions[length] = sessions[length] or read(length)
  local generate, texts = generators[name], sessions[length]
  if command == "token" then
    print(generate(texts[first + 1] or nil))
  else
    local started = os.clock()
    for i = 1, first do generate(texts[i % #texts + 1] or nil) end
    print(("%.0f"):format((os.clock() - started) * 1e9))
  end
end
