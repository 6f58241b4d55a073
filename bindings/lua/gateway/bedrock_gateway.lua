-- A gateway in nginx: clients show a key of their tenant, and the service gets a bearer token in its
-- place. docs/GATEWAY.md has the set-up; bedrock-gateway.conf and its snippets call this file.
--
-- Each worker keeps a token for each tenant. Generating one takes microseconds and waits for nobody, so
-- there is no lock, and an aborted request leaves nothing behind.
local bit = require("bit")
local cjson = require("cjson.safe")
local ffi = require("ffi")
local bedrock_token = require("bedrock_token")

local M = {
  keys = "/etc/bedrock-gateway/%s.key", -- the keys of a tenant's clients, one a line
  credentials = "/var/lib/bedrock-gateway/%s.json", -- what `aws configure export-credentials` prints
}

local LIFE = 43200 -- of a token; it ends with its credentials, if that is sooner
local LOOK_EVERY = 5 -- seconds between two looks at the files

local function set(names)
  local result = {}
  for _, name in ipairs(names) do result[name] = true end
  return result
end

-- Each endpoint: its host, the service of the token, the paths that are let through, and what is let
-- through of a model: /model/ID/ACTION.
local ENDPOINTS = {
  ["bedrock-runtime"] = {
    host = "bedrock-runtime.%s.amazonaws.com",
    service = "bedrock",
    paths = set { "/openai/v1/chat/completions", "/openai/v1/responses", "/anthropic/v1/messages" },
    actions = set { "converse", "converse-stream", "invoke", "invoke-with-response-stream" },
  },
  ["bedrock-mantle"] = {
    host = "bedrock-mantle.%s.api.aws",
    service = "bedrock",
    paths = set {
      "/v1/chat/completions", "/v1/responses",
      "/openai/v1/chat/completions", "/openai/v1/responses", "/anthropic/v1/messages",
    },
    actions = {},
  },
  ["aws-external-anthropic"] = {
    host = "aws-external-anthropic.%s.api.aws",
    service = "claude-platform",
    paths = set { "/v1/messages", "/v1/messages/count_tokens" },
    actions = {},
  },
}

-- statx(2), whose struct is the same on every processor.
ffi.cdef [[
struct gateway_statx {
  uint32_t mask, blksize;
  uint64_t attributes;
  uint32_t nlink, uid, gid;
  uint16_t mode, spare;
  uint64_t rest[28];
};
int statx(int folder, const char *path, int flags, unsigned mask, struct gateway_statx *result);
uint32_t geteuid(void);
int CRYPTO_memcmp(const char *a, const char *b, size_t length); // of OpenSSL, as nginx has it
]]
local AT_FDCWD, STATX_MODE_AND_UID = -100, 0x0a

-- The content of a file that nobody else may change or read; or nil and why not.
local function private(path)
  local file, why = io.open(path)
  if not file then return nil, why end
  local stat = ffi.new("struct gateway_statx")
  if ffi.C.statx(AT_FDCWD, path, 0, STATX_MODE_AND_UID, stat) ~= 0 then
    file:close()
    return nil, path .. ": cannot be examined"
  end
  local content = file:read("*a")
  file:close()
  if stat.uid ~= 0 and stat.uid ~= ffi.C.geteuid() then
    return nil, path .. ": must belong to root or to the user of the workers"
  elseif bit.band(stat.mode, 0x17) ~= 0 then -- 027
    return nil, path .. ": others can read it, or its group can change it; use chmod 640"
  end
  return content
end

-- Unix seconds of a time like 2026-06-15T12:00:00Z.
local function unix_seconds(text)
  local y, m, d, h, min, s, zone = text:match("^(%d%d%d%d)-(%d%d)-(%d%d)T(%d%d):(%d%d):(%d%d)%.?%d*(.+)$")
  if not y then return nil end
  local sign, zone_h, zone_min = zone:match("^([+-])(%d%d):(%d%d)$")
  if not sign and zone ~= "Z" then return nil end
  -- Days since 1970 in the calendar whose years begin in March.
  y, m = tonumber(y), tonumber(m)
  if m <= 2 then y = y - 1 end
  local days = 365 * y + math.floor(y / 4) - math.floor(y / 100) + math.floor(y / 400)
    + math.floor((153 * ((m + 9) % 12) + 2) / 5) + tonumber(d) - 719469
  local seconds = ((days * 24 + tonumber(h)) * 60 + tonumber(min)) * 60 + tonumber(s)
  if not sign then return seconds end
  local offset = (tonumber(zone_h) * 60 + tonumber(zone_min)) * 60
  return sign == "+" and seconds - offset or seconds + offset
end

local tenants = {} -- those that this worker has served: name, endpoint and region together

-- Why a file is of no use, or nil. The log gets a reason once.
local function log_failure(tenant, file, why)
  if why and why ~= tenant.failures[file] then
    ngx.log(ngx.ERR, "bedrock gateway: ", tenant.name, ": ", why)
  end
  tenant.failures[file] = why
end

-- Generates a token from the credentials in the file. If that fails, it returns why, and the tenant is as
-- before.
local function generate(tenant, content, now)
  local given = cjson.decode(content)
  if type(given) ~= "table" then return tenant.credentials .. ": not JSON, or not whole" end
  local ends = 0
  for _, field in ipairs { "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration" } do
    local value = given[field]
    if value == cjson.null then given[field] = nil end
    if given[field] and type(given[field]) ~= "string" then
      return tenant.credentials .. ": " .. field .. " must be a string"
    end
  end
  if given.Expiration then
    ends = unix_seconds(given.Expiration)
    if not ends then return tenant.credentials .. ": Expiration must be a time" end
  end
  local times, why = bedrock_token.schedule(now, LIFE, ends)
  if not times then return why end
  local token
  token, why = bedrock_token.generate(given.AccessKeyId, given.SecretAccessKey, given.SessionToken,
    tenant.region, { expires = LIFE, service = tenant.service, at = now })
  if not token then return why end
  tenant.token, tenant.times, tenant.due = token, times, times.renew_at
end

local function holds(tenant, now)
  return tenant.token and tenant.times.valid_from <= now and now < tenant.times.expires_at
end

-- Generates a token if one is due, or if the credentials have changed.
local function renew(tenant, now)
  local content, why = private(tenant.credentials)
  local digest = content and ngx.md5_bin(content)
  if content and not (holds(tenant, now) and now < tenant.due and digest == tenant.digest) then
    why = generate(tenant, content, now)
  end
  log_failure(tenant, "credentials", why)
  if why then
    tenant.due = bedrock_token.retry_at(now, holds(tenant, now) and tenant.times.expires_at or now)
  else
    tenant.digest = digest
  end
end

-- A token that has not ended, or nil.
local function token_of(tenant)
  local now = ngx.time()
  if not holds(tenant, now) or now >= tenant.due then renew(tenant, now) end
  return holds(tenant, now) and tenant.token
end

-- Reads the keys of the clients again. A file that cannot be read lets nobody in.
local function read_keys(tenant)
  local content, why = private(tenant.keys_file)
  tenant.keys = {}
  log_failure(tenant, "keys", why)
  for key in (content or ""):gmatch("%S+") do
    if #key >= 16 then table.insert(tenant.keys, key) end
  end
end

local function tenant_of(var)
  local name, endpoint, region = var.gateway_tenant, var.gateway_endpoint, var.gateway_region
  local id = name .. " " .. endpoint .. " " .. region
  local tenant = tenants[id]
  if not tenant then
    local known = assert(ENDPOINTS[endpoint], "$gateway_endpoint is not an endpoint")
    tenant = {
      name = name,
      credentials = M.credentials:format(name),
      keys_file = M.keys:format(name),
      host = known.host:format(region),
      service = known.service,
      paths = known.paths,
      actions = known.actions,
      region = region,
      due = 0,
      failures = {},
    }
    read_keys(tenant)
    tenants[id] = tenant
  end
  return tenant
end

local function answer(status, text)
  ngx.status = status
  ngx.header.content_type = "text/plain"
  ngx.say(text)
  return ngx.exit(ngx.HTTP_OK) -- the answer is sent, and error_page does not see it
end

-- In a time that says nothing of the key but its length.
local function is_same(key, shown)
  return #key == #shown and ffi.C.CRYPTO_memcmp(key, shown, #key) == 0
end

-- LuaJIT compiles find() without a pattern and sub(), but not match().
local function is_client(tenant, var)
  local shown = var.http_x_api_key
  if not shown then
    local authorization = var.http_authorization or ""
    local scheme = authorization:sub(1, 7)
    shown = (scheme == "Bearer " or scheme == "bearer ") and authorization:sub(8)
  end
  local known = false
  for _, key in ipairs(tenant.keys) do known = is_same(key, shown or "") or known end
  return known
end

local function send(tenant)
  local token = token_of(tenant)
  if not token then return answer(502, "The gateway has no credentials for this tenant.") end
  ngx.var.gateway_host = tenant.host
  ngx.var.gateway_token = token
end

-- access_by_lua of a tenant's location.
function M.access()
  local var = ngx.var
  local tenant = tenant_of(var)
  if not is_client(tenant, var) then return answer(401, "A key of this tenant is needed.") end
  -- As it came: nginx would decode a model's ID.
  local uri = var.request_uri
  local begins = uri:find("/", 2, true) or #uri + 1
  local path = uri:sub(begins, (uri:find("?", 1, true) or 0) - 1)
  if not tenant.paths[path] and not tenant.actions[path:match("^/model/[%w%.%-_:%%]+/([%w%-]+)$") or ""] then
    return answer(404, "The gateway does not let this path through.")
  end
  if var.request_method ~= "POST" then return answer(405, "POST is needed.") end
  var.gateway_path = uri:sub(begins)
  return send(tenant)
end

-- access_by_lua of the location to which a request goes once more, after 401 or 403.
function M.again()
  local tenant = tenant_of(ngx.var)
  -- Another request may have had the same token refused, and renewed it. While there is no other token, the
  -- client gets the service's answer.
  if tenant.token == ngx.var.gateway_token then tenant.due = 0 end
  return send(tenant)
end

-- init_worker_by_lua: from now on, tokens are renewed outside of requests.
function M.start()
  assert(ngx.timer.every(LOOK_EVERY, function()
    for _, tenant in pairs(tenants) do
      read_keys(tenant)
      renew(tenant, ngx.time())
    end
  end))
end

return M
