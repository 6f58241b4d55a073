package.path = arg[0]:match("^(.*)/") .. "/?.lua;" .. package.path
local bedrock_token = require("bedrock_token")

local key, secret = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

local token = assert(bedrock_token.generate(key, secret, nil, "eu-central-1"))
local info = assert(bedrock_token.inspect(token))
print(token)
print(("%s %s %d"):format(info.access_key, info.region, info.expires_at))
local _, message = bedrock_token.generate(key, secret .. "\n", nil, "eu-central-1")
print("refused: " .. message)

print(assert(bedrock_token.generate(key, secret, nil, "us-west-2", { service = "claude-platform" })))
