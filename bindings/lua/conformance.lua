package.path = arg[0]:match("^(.*)/") .. "/?.lua;" .. package.path
local ffi = require("ffi")
local bedrock_token = require("bedrock_token")
local library = bedrock_token.library

ffi.cdef [[
int32_t bedrock_token_generate_into(const char *access_key, const char *secret, const char *session,
                                    const char *region, uint32_t expires, int64_t signing_time,
                                    char *buf, size_t capacity, size_t *len);
long long strtoll(const char *text, char **end, int base);
]]

local function generate_at(key, secret, session, region, expires, time)
  local length = ffi.new("size_t[1]")
  library.bedrock_token_generate_into(key, secret, session, region, expires, time, nil, 0, length)
  local buffer = ffi.new("char[?]", length[0] + 1)
  local status = library.bedrock_token_generate_into(
    key, secret, session, region, expires, time, buffer, length[0] + 1, nil)
  if status ~= 0 then
    return nil, ffi.string(library.bedrock_token_status_message(status)), status
  end
  return ffi.string(buffer)
end

local function answer(token, message, status)
  if not token then
    print(status .. "\t" .. message)
    return
  end
  local info = assert(bedrock_token.inspect(token))
  print(("0\t%s\t%s\t%s\t%d\t%d\t%d"):format(
    token, info.access_key, info.region, info.issued_at, info.expires_at, info.has_session and 1 or 0))
end

local function text(field)
  if field == "-" then return nil end
  return (field:sub(2):gsub("..", function(hex) return string.char(tonumber(hex, 16)) end))
end

for line in io.lines() do
  local key, secret, session, region, expires, time =
    line:match("^(.-)\t(.-)\t(.-)\t(.-)\t(.-)\t(.-)$")
  key, secret, session, region = text(key), text(secret), text(session), text(region)
  expires, time = tonumber(expires), ffi.C.strtoll(time, nil, 10)
  answer(generate_at(key, secret, session, region, expires, time))
  answer(bedrock_token.generate(key, secret, session, region, expires))
end
