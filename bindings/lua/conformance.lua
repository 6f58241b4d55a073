package.path = arg[0]:match("^(.*)/") .. "/?.lua;" .. package.path
local ffi = require("ffi")
local bedrock_token = require("bedrock_token")

ffi.cdef "long long strtoll(const char *text, char **end, int base);"

local names = { ["0"] = "bedrock", ["1"] = "claude-platform" }
local numbers = { bedrock = 0, ["claude-platform"] = 1 }

local function answer(token, message, status)
  if not token then
    print(status .. "\t" .. message)
    return
  end
  local info = assert(bedrock_token.inspect(token))
  local life = info.expires_at - info.issued_at
  local times = assert(bedrock_token.schedule(1800000000, life, 1800000600))
  print(("0\t%s\t%d\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d"):format(
    token, numbers[info.service], info.access_key, info.region, info.issued_at, info.expires_at,
    info.has_session and 1 or 0, times.valid_from, times.renew_at, times.wait_from, times.expires_at,
    bedrock_token.retry_at(1800000000, 1800000000 + life)))
end

local function text(field)
  if field == "-" then return nil end
  return (field:sub(2):gsub("..", function(hex) return string.char(tonumber(hex, 16)) end))
end

for line in io.lines() do
  local service, key, secret, session, region, expires, time =
    line:match("^(.-)\t(.-)\t(.-)\t(.-)\t(.-)\t(.-)\t(.-)$")
  key, secret, session, region = text(key), text(secret), text(session), text(region)
  local options = { service = names[service] or service, expires = tonumber(expires) }
  options.at = ffi.C.strtoll(time, nil, 10)
  answer(bedrock_token.generate(key, secret, session, region, options))
  options.at = nil
  answer(bedrock_token.generate(key, secret, session, region, options))
end
