-- A process whose finalizers use the client in the middle of an event: while
-- the core makes Lua values of it, which is when the collector may run.
--
--   lua spec/support/finalizer_child.lua BASE_URL METHOD
--
-- Prints how often one came into an event, when there is no crash.

local liangxin = require("liangxin")

local base_url, method = ...
local hits = 0

local function is_telling(next_event)
  for level = 2, 6 do
    local info = debug.getinfo(level, "f")
    if info and info.func == next_event then
      return true
    end
  end
  return false
end

-- Rubbish with a finalizer that leaves more such rubbish until it has hit.
local function plant(client, next_event, round)
  setmetatable({}, { __gc = function()
    if round.is_over then
      return
    elseif not is_telling(next_event) then
      return plant(client, next_event, round)
    end
    round.is_over = true
    hits = hits + 1
    client[method](client)
  end })
end

for _ = 1, 20 do
  local round = {}
  local client = liangxin.new({
    base_url = base_url, api_key = "sk-gc",
    poll = { first = 0.002, factor = 1, max = 0.002, jitter = 0 },
  })
  local next_event = getmetatable(client._handle).__index.next
  for i = 1, 20 do
    client:spawn(function()
      client:generate("m", { n = i }, { on_state = i % 2 == 0 and function() end or nil })
    end)
  end
  collectgarbage("incremental", 1, 10000, 1)
  for _ = 1, 8 do
    plant(client, next_event, round)
  end
  while not client._scheduler.closed and client:pending() > 0 do
    client:poll(1)
  end
  round.is_over = true
  client:close()
end
print(hits > 0 and "done" or "no finalizer ran in an event")
