-- A process that uses everything while the collector runs all the time:
--
--   lua spec/support/gc_child.lua BASE_URL FOLDER MODE
--
-- Prints "done" when every value came out right.

local collector = require("spec.support.collector")

local base_url, folder, mode = ...

local function nothing() end

-- Compiled code calls no hooks.
local jit = rawget(_G, "jit")
if jit then
  jit.off()
end

local hooked = 0
local function hook(every, fn)
  debug.sethook(function()
    hooked = hooked + 1
    fn(hooked)
  end, "", every)
end

-- How the collector is driven; each is called in every coroutine.
local MODES = {
  ["full, every 40 instructions"] = function()
    hook(40, function() collectgarbage() end)
  end,
  ["one step, every 3 instructions"] = function()
    hook(3, function() collectgarbage("step", 0) end)
  end,
  ["incremental, tiny pauses"] = function()
    collector.set_pause(1)
    collector.set_step_multiplier(10000)
  end,
  ["generational"] = _VERSION == "Lua 5.4" and function()
    collectgarbage("generational", 1, 1)
  end or nothing,
  ["switching"] = function()
    hook(50, function(turn)
      if _VERSION == "Lua 5.4" then
        collectgarbage(turn % 2 == 0 and "generational" or "incremental")
      end
      collectgarbage("step", turn % 7)
    end)
  end,
}
local drive = assert(MODES[mode], "no such mode")
drive()

local liangxin = require("liangxin")

local function use_everything(client)
  local states = {}
  local result = assert(client:generate("z-image", { prompt = ("x"):rep(100) }, {
    on_created = function(id)
      drive()
      states[#states + 1] = id
    end,
    on_state = function(state)
      drive()
      states[#states + 1] = state
    end,
  }))
  assert(states[1] == result.task_id and states[#states] == "success")
  assert(result.record.data.state == "success")

  local files = assert(result:save(folder .. "/", { overwrite = true, on_progress = nothing }))
  assert(files[1].bytes == 4096)
  assert(#assert(result:fetch()) == 4096)

  local values = client:map({ 1, 2, 3 }, function(i)
    drive()
    local task = assert(client:create({ model = "m" .. i, input = { n = i } }))
    assert(client:notify('{"taskId":"' .. task.id .. '"}'))
    assert(client:query(task.id))
    return assert(task:wait(10)).model
  end, { concurrency = 2 })
  assert(values[1] == "m1" and values[2] == "m2" and values[3] == "m3")

  local job = client:spawn(function()
    drive()
    client:sleep(0.01)
    return "slept"
  end)
  local task = assert(client:create({ model = "lost", input = {} }, { watch = false }))
  local _, value = client:wait_any({ job })
  assert(value == "slept")
  task:cancel()
  assert(select(2, task:wait()).kind == "cancelled")

  local gone, err = client:query("nobody")
  assert(gone == nil and err.kind == "not_found" and #err:report() > 0)
  assert(client:run(function()
    drive()
    local ok, raised = pcall(error, { "raised" })
    return not ok and raised[1]
  end) == "raised")
  assert(client:stats().created >= 5)
end

local client = liangxin.new({
  base_url = base_url, api_key = "sk-gc", on_log = drive,
  poll = { first = 0.002, factor = 1, max = 0.002, jitter = 0 },
})
for _ = 1, 3 do
  use_everything(client)
end
client:close()
debug.sethook()
assert(hooked == 0 or hooked > 1000)
print("done")
