-- 100,000 tasks watched by one client: memory of each, in the core alone and
-- with its Lua task; what they cost Lua while nothing changes; cancelling and
-- closing all; and 10,000 that end in the same second. Each part is a process
-- of its own (`scale.lua PART`), so that none inherits another's heap.

local child = require("spec.support.child")
local core = require("liangxin.core")
local liangxin = require("liangxin")
local measure = require("spec.bench.measure")
local options_module = require("liangxin.options")

local now = measure.now
local unpack = table.unpack or unpack

local TASKS = measure.size(100000, 2000)
local SAME_SECOND = measure.size(10000, 200)
-- Where memory is read on the way, to see whether it is linear.
local STATIONS = { TASKS / 10, TASKS / 2, TASKS }
-- Tasks that never end, and a client that asks about them in an hour.
local FOREVER_MS = 86400000
local QUIET = { first = 3600, factor = 1, max = 3600, jitter = 0 }

-- Bytes a task from station to station, given fill(from, to).
local function tell_growth(figure, target, note, fill)
  local start, filled, slopes = measure.resident(), 0, {}
  local last = start
  for i, station in ipairs(STATIONS) do
    fill(filled + 1, station)
    collectgarbage()
    collectgarbage()
    local resident = measure.resident()
    slopes[i] = ("%.0f"):format((resident - last) / (station - filled))
    last, filled = resident, station
  end
  measure.tell({ figure = figure, value = (last - start) / TASKS, unit = "B", at_most = target,
    note = ("%s; on the way to %d, %d, %d: %s each"):format(note, STATIONS[1], STATIONS[2],
      STATIONS[3], table.concat(slopes, ", ")) })
end

local function tell_in_time(figure, began)
  measure.tell({ figure = figure, value = now() - began, unit = "s", under = 1,
    note = ("%d tasks"):format(TASKS) })
end

local parts = {}

-- The core alone ---------------------------------------------------------------

-- Until the thread has obeyed all that it was given before.
local function settle(handle, number)
  assert(handle:timer(number, 0))
  repeat
    handle:poll(10)
    local kind, id = handle:next({})
    if not kind then
      error("the core told nothing for 10 s", 0)
    elseif kind ~= "timer" then
      error(("%s of task %d: nothing was to happen to it"):format(kind, id), 0)
    end
  until id == number
end

function parts.core()
  local options = options_module.check_client({ base_url = "http://127.0.0.1:9", api_key = "sk-test",
    poll = QUIET })
  local handle = core.new(options_module.core_config(options, core.version))
  settle(handle, TASKS + 1)
  tell_growth("memory of a task, core alone", 1024, "watched, nothing of Lua", function(from, to)
    for id = from, to do
      assert(handle:watch(id, ("task_%012d"):format(id), "z-image", 86400, true))
      if id % 500 == 0 or id == to then -- commands that wait are memory too
        settle(handle, TASKS + 1 + id)
      end
    end
  end)
  local began = now()
  for id = 1, TASKS do
    handle:cancel(id)
  end
  settle(handle, 3 * TASKS)
  tell_in_time("cancelling all, core alone", began)
  handle:close()
end

-- With Lua tasks ---------------------------------------------------------------

-- A stub of tasks that never end, and a client of it.
local function open()
  local stub = measure.stub("--ms", FOREVER_MS, FOREVER_MS)
  return stub, liangxin.new({ base_url = stub.base_url, api_key = "sk-test", poll = QUIET,
    deadline = FOREVER_MS / 1000 })
end

-- Create tasks number from .. to, some at a time, into `tasks`.
local function create(client, tasks, from, to)
  client:run(function()
    local last = from - 1
    local function worker()
      while last < to do
        last = last + 1
        local at = last
        tasks[at] = liangxin.check(client:create({ model = "z-image", input = { prompt = "one of many" } }))
      end
    end
    for _ = 1, 16 do
      client:spawn(worker)
    end
  end)
  if #tasks ~= to then
    error(("%d of %d tasks were created"):format(#tasks, to), 0)
  end
end

-- Lua instructions of a step that finds nothing, to the next ten.
local function idle_instructions(client)
  local tens = 0
  debug.sethook(function()
    tens = tens + 1
  end, "", 10)
  local count = client:step()
  debug.sethook()
  if count ~= 0 then
    error("the client was not idle", 0)
  end
  return tens * 10
end

-- The same, and CPU of this thread, over a second of frames.
local function idle_second(client)
  local most = 0
  local ran = measure.thread_times()
  for _ = 1, 60 do
    most = math.max(most, idle_instructions(client))
    client:poll(1 / 60) -- stops the thread: its clock is brought up to date
  end
  return most, measure.thread_times() - ran
end

function parts.lua()
  local stub, client = open()
  local tasks = {}
  create(client, tasks, 1, 1)
  local instructions_of_one = idle_second(client)
  tasks[1]:cancel()
  tasks = {}
  tell_growth("memory of a task with its Lua task", 2048, "client:create, watched", function(from, to)
    create(client, tasks, from, to)
  end)
  local instructions, cpu = idle_second(client)
  measure.tell({ figure = "Lua instructions of a step, all watched", value = instructions, unit = "",
    at_most = instructions_of_one, note = ("%d tasks, none changes; the target is the same with one task")
      :format(TASKS) })
  measure.tell({ figure = "CPU of the host's thread in such a second", value = cpu * 1000, unit = "ms",
    note = "60 steps" })
  local began = now()
  for i = 1, TASKS do
    tasks[i]:cancel()
  end
  client:sleep(0) -- obeyed after the cancels
  tell_in_time("cancelling all", began)
  client:close()
  stub:stop()
end

function parts.close()
  local stub, client = open()
  local tasks = {}
  create(client, tasks, 1, TASKS)
  local waiting, ended = measure.size(10000, 100), 0
  for i = 1, waiting do
    client:spawn(function()
      local _, err = tasks[i]:wait()
      ended = ended + (err.kind == "closed" and 1 or 0)
    end)
  end
  local began = now()
  client:close()
  tell_in_time("closing all", began)
  if ended ~= waiting then
    error("not every wait was ended", 0)
  end
  stub:stop()
end

-- All at once ------------------------------------------------------------------

-- The longest time between two of the moments, and the last.
local function longest_gap(moments)
  local longest = 0
  for i = 2, #moments do
    longest = math.max(longest, moments[i] - moments[i - 1])
  end
  return longest, moments[#moments]
end

function parts.ends()
  local task_ms = measure.size(8000, 400)
  local stub = measure.stub("--ms", task_ms, task_ms)
  local client = liangxin.new({ base_url = stub.base_url, api_key = "sk-test" })
  local told, ticks, ends = {}, {}, {}
  client:run(function()
    for _ = 1, SAME_SECOND do
      client:spawn(function()
        local result = liangxin.check(client:generate("z-image", { prompt = "one of ten thousand" }))
        told[#told + 1] = now()
        ends[#ends + 1] = result.record.completed_ms / 1000
      end)
    end
    while #told < SAME_SECOND do -- somebody else, who wants his turn
      client:sleep(0.02)
      ticks[#ticks + 1] = now()
    end
  end)
  client:close()
  stub:stop()
  local spread = measure.percentile(ends, 1) - measure.percentile(ends, 0)
  local gap, last = longest_gap(told)
  local note = ("%d tasks that end within %.1f s"):format(SAME_SECOND, spread)
  measure.tell({ figure = "same second: first told to last told", value = last - told[1], unit = "s",
    note = note })
  measure.tell({ figure = "same second: longest gap between two told", value = gap, unit = "s" })
  measure.tell({ figure = "same second: another job's 20 ms sleep, worst", unit = "s",
    value = longest_gap(ticks), under = 0.1 })
end

-- Every part -------------------------------------------------------------------

local part = arg[1] and parts[arg[1]]
if part then
  part()
else
  for _, name in ipairs({ "core", "lua", "close", "ends" }) do
    local run = child.start("spec/bench/scale.lua", { name, unpack(arg) })
    for line in function() return run:line() end do
      print(line)
    end
    io.stdout:flush()
    if run.status ~= 0 then
      error(("the part %s failed"):format(name), 0)
    end
  end
end
