package.path = arg[0]:match("^(.*)/") .. "/?.lua;" .. package.path
local bedrock_token = require("bedrock_token")

-- The provider's clock stands still.
local now = 0
os.time = function() return now end

local provider, source

local function answer()
  local ran, token, message, status = pcall(provider.token, provider)
  if not ran then return token end
  if not token then return "status " .. status end
  return bedrock_token.inspect(token).issued_at
end

-- Runs them by turns, as an event loop does.
local function together(count)
  local running, answers, seen = {}, {}, {}
  for i = 1, count do
    running[i] = coroutine.create(function()
      local one = answer()
      if not seen[one] then table.insert(answers, one) end
      seen[one] = true
    end)
    assert(coroutine.resume(running[i]))
  end
  for _, one in ipairs(running) do
    while coroutine.status(one) ~= "dead" do assert(coroutine.resume(one)) end
  end
  return answers
end

for line in io.lines() do
  local step, time, ends = line:match("^(%a+)\t?(%d*)\t?(.*)$")
  now = tonumber(time) or now
  local asked, inside = 0, nil
  source = function()
    asked = asked + 1
    if step == "reenter" then inside = answer() end
    if step == "together" then coroutine.yield() end
    if ends == "raise" then error("raised", 0) end
    if ends == "nothing" then return nil end
    return { access_key = "AKIAIOSFODNN7EXAMPLE", secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", expires_at = ends ~= "0" and tonumber(ends) or nil }
  end
  local answers = {}
  if step == "new" then
    provider = bedrock_token.provider("eu-central-1", function() return source() end)
  elseif step == "invalidate" then
    provider:invalidate()
  elseif step == "show" then
    answers = { tostring(provider), tostring(source()) }
  elseif step == "together" then
    answers = together(8)
  else
    answers = { answer() }
    answers[2] = inside
  end
  table.insert(answers, 1, asked)
  print(table.concat(answers, "\t"))
end
