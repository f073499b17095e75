-- What can go wrong, and what a program does about it. An error is a table:
-- kind, one of a closed list; charged, what is known about the money;
-- retryable, whether the same call may be made again without paying twice.
--
-- The words in brackets make the sandbox misbehave; for the real service they
-- are part of the prompt, and those tasks succeed.

package.path = arg[0]:match "^(.-)[^/\\]*$" .. "?.lua;" .. package.path
local liangxin = require "liangxin"
local service = require "support.service"

local client = service.open()

local function show(what, err)
  print(("%-17s kind %s, charged %s, retryable %s\n  %s")
    :format(what, err.kind, err.charged, tostring(err.retryable), err.message))
end

-- 1. A deadline is not a failure. The task goes on at the service, and waiting
-- again, on the same task, goes on where it stopped.
local task = liangxin.check(client:create {
  model = "z-image",
  input = { prompt = "a sundial at noon", image_size = "square" },
})
local result, err = task:wait(0.2)
if not result then
  show("too impatient", err)
  result = liangxin.check(err.task:wait()) -- err.task is the task, live
end
print("waited again: " .. #result.urls .. " file")

-- 2. The service refuses the request: nothing was made.
result, err = client:generate("z-image", { image_size = "square" })
if not result then
  show("no prompt", err)
end

-- 3. The task was made and failed. Whether it was charged is not known, so this
-- is not retryable: the decision to pay again is yours.
result, err = client:generate("z-image", { prompt = "a broken vase [fail]", image_size = "square" })
if not result then
  show("failed", err)
  -- What support asks for. No key in it, no prompt, no signed URL.
  print((err:report():gsub("\n+$", ""):gsub("[^\n]+", "  | %0")))
end

-- 4. The answer to a create is lost on the way. A task may exist and be billed,
-- so the client sends nothing again. Look into the account, or be ready for it
-- with a callBackUrl and recover = true: README, "Lost answers".
result, err = client:generate("z-image", { prompt = "a letter at sea [lost]", image_size = "square" })
if not result then
  show("answer lost", err)
end

-- 5. A programmer's mistake raises, with the line that made it.
print(select(2, pcall(function()
  client:generate("z-image", { prompt = "x" }, { deadlne = 5 })
end)))
client:close()
