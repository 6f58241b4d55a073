-- bedrock-token 0.1.0: bearer tokens for Amazon Bedrock and Claude Platform on AWS. Apache-2.0.
-- https://github.com/bedrock-token/bedrock-token
-- For LuaJIT.
local ffi = require("ffi")

-- Another copy of this file may have declared it.
local declared = pcall(ffi.typeof, "bedrock_token_info")
local declarations = [[
typedef struct {
  char access_key[129], region[64];
  int64_t issued_at, expires_at;
  int32_t has_session, service;
} bedrock_token_info;
typedef struct { int64_t valid_from, renew_at, wait_from, expires_at; } bedrock_token_times;
int32_t bedrock_token_generate_into(int32_t service, const char *access_key, const char *secret, const char *session,
                                    const char *region, uint32_t expires, int64_t signing_time,
                                    char *buf, size_t capacity, size_t *len);
int32_t bedrock_token_inspect(const char *token, bedrock_token_info *info, size_t info_size);
int32_t bedrock_token_schedule(int64_t issued_at, uint32_t expires, int64_t credentials_expire_at,
                               bedrock_token_times *times, size_t times_size);
int64_t bedrock_token_retry_at(int64_t now, int64_t expires_at);
const char *bedrock_token_status_message(int32_t status);
]]
if not declared then ffi.cdef(declarations) end

local SERVICES = { bedrock = 0, ["claude-platform"] = 1 }
local OPTIONS = { expires = true, service = true, at = true }
local NAMES = { [0] = "bedrock", "claude-platform" }

local file = ({ Windows = "bedrock_token.dll", OSX = "libbedrock_token.0.dylib" })[ffi.os] or "libbedrock_token.so.0"
local found, library = pcall(ffi.load, file)
if not found then
  local missing = library:lower():find("no such file") or library:find("not be found")
  error("cannot load " .. library .. (missing and ": install bedrock-token, or add the folder of " .. file
    .. " to LD_LIBRARY_PATH (macOS: DYLD_LIBRARY_PATH, Windows: PATH)" or ""))
end

-- Each function returns its result, or nil, a message and the status, also for an argument of a wrong type.
-- The message names the argument at fault, never its value.
local M = {}

local function failure(status)
  return nil, ffi.string(library.bedrock_token_status_message(status)), status
end

-- C would end the string at a NUL inside. "\127" is refused.
local function text(s)
  if s == nil then return nil end
  return type(s) == "string" and not s:find("\0", 1, true) and s or "\127"
end

-- LuaJIT would cut a number of more than 32 bits. 0 is refused.
local function life(expires)
  return type(expires) == "number" and expires == expires % 2 ^ 32 and expires or 0
end

-- Unix seconds. -1 is refused.
local function time(seconds)
  return (type(seconds) == "number" or ffi.istype("int64_t", seconds)) and seconds or -1
end

-- A token that is valid from now on. The session token is nil with long-term credentials. Options:
-- expires (seconds), service ("bedrock" or "claude-platform"), at (Unix seconds, instead of now).
function M.generate(access_key, secret, session, region, options)
  options = options or {}
  for name in pairs(options) do
    if not OPTIONS[name] then return nil, "options: " .. tostring(name) .. " is unknown" end
  end
  local expires, service = life(options.expires or 43200), SERVICES[options.service or "bedrock"] or -1
  local at = options.at == nil and os.time() or time(options.at)
  session = text(session)
  -- No token is longer: 4 bytes for each of a percent-encoded session token, less than 1 KiB else.
  local room = 1024 + 4 * math.min(#(session or ""), 65536)
  local buffer = ffi.new("char[?]", room)
  local status = library.bedrock_token_generate_into(
    service, text(access_key), text(secret), session, text(region), expires, at, buffer, room, nil)
  if status ~= 0 then return failure(status) end
  return ffi.string(buffer)
end

function M.inspect(token)
  local info = ffi.new("bedrock_token_info")
  local status = library.bedrock_token_inspect(text(token), info, ffi.sizeof(info))
  if status ~= 0 then return failure(status) end
  return {
    access_key = ffi.string(info.access_key),
    region = ffi.string(info.region),
    issued_at = tonumber(info.issued_at),
    expires_at = tonumber(info.expires_at),
    has_session = info.has_session ~= 0,
    service = NAMES[info.service],
  }
end

-- When to use, renew and give up a token that you keep, in Unix seconds: valid_from, renew_at, wait_from,
-- expires_at. Without credentials_expire_at, the credentials do not end.
function M.schedule(issued_at, expires, credentials_expire_at)
  local times = ffi.new("bedrock_token_times")
  local status = library.bedrock_token_schedule(
    time(issued_at), life(expires or 43200), time(credentials_expire_at or 0), times, ffi.sizeof(times))
  if status ~= 0 then return failure(status) end
  return {
    valid_from = tonumber(times.valid_from),
    renew_at = tonumber(times.renew_at),
    wait_from = tonumber(times.wait_from),
    expires_at = tonumber(times.expires_at),
  }
end

-- When to ask for credentials again, after a renewal failed.
function M.retry_at(now, expires_at)
  return tonumber(library.bedrock_token_retry_at(math.ceil(now), expires_at))
end

return M
