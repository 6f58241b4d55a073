-- What only Lua has. tests/conformance tests the rest.
local here = arg[0]:match("^(.*)/")
local copies = { dofile(here .. "/bedrock_token.lua"), dofile(here .. "/bedrock_token.lua") } -- in one process

for _, bedrock_token in ipairs(copies) do
  local function refused(expected, ...)
    local token, message, status = bedrock_token.generate(...)
    assert(token == nil and type(message) == "string" and status == expected, message)
  end
  local key, secret, region = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "eu-central-1"
  assert(bedrock_token.generate(key, secret, nil, region))
  refused(2, 5, secret, nil, region)
  refused(4, key, secret, {}, region)
  refused(7, key, secret, nil, region, { expires = "60" })
  refused(7, key, secret, nil, region, { expires = 0 / 0 })
  refused(8, key, secret, nil, region, { at = "now" })
  refused(15, key, secret, nil, region, { service = {} })
  refused(nil, key, secret, nil, region, { expire = 60 })
  assert(select(3, bedrock_token.inspect({})) == 11)
  assert(select(3, bedrock_token.schedule("x")) == 8)
end
