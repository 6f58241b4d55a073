-- AWS Bedrock API keys in LuaJIT.
local ffi = require("ffi")

ffi.cdef [[
typedef struct {
  char access_key[129], region[64];
  int64_t issued_at, expires_at;
  int32_t has_session;
} bedrock_token_info;
int32_t bedrock_token_generate(const char *access_key, const char *secret, const char *session,
                               const char *region, uint32_t expires, char **out_buf, size_t *len);
void bedrock_token_free(char *token);
int32_t bedrock_token_inspect(const char *token, bedrock_token_info *info, size_t info_size);
const char *bedrock_token_status_message(int32_t status);
]]
local library = ffi.load("libbedrock_token.so.0")

local M = { library = library }

-- Each function returns its result, or nil, a message and the status. The message names the
-- argument at fault, never its value.
local function failure(status)
  return nil, ffi.string(library.bedrock_token_status_message(status)), status
end

function M.generate(access_key, secret, session, region, expires)
  local out = ffi.new("char *[1]")
  local status = library.bedrock_token_generate(access_key, secret, session, region, expires or 43200, out, nil)
  if status ~= 0 then return failure(status) end
  local token = ffi.string(out[0]) -- a copy
  library.bedrock_token_free(out[0])
  return token
end

function M.inspect(token)
  local info = ffi.new("bedrock_token_info")
  local status = library.bedrock_token_inspect(token, info, ffi.sizeof(info))
  if status ~= 0 then return failure(status) end
  return {
    access_key = ffi.string(info.access_key),
    region = ffi.string(info.region),
    issued_at = tonumber(info.issued_at),
    expires_at = tonumber(info.expires_at),
    has_session = info.has_session ~= 0,
  }
end

return M
