-- 100,000 tasks watched by one client: memory of each, in the core alone and
-- with its Lua task; what they cost Lua while nothing changes; cancelling and
-- closing all; and 10,000 that end in the same second. Each part is a process
-- of its own (`scale.lua PART`), so that none inherits another's heap.

local measure = require("spec.bench.measure")

local now = measure.now
local TASKS = measure.size(100000, 2000)
-- Where memory is read on the way, to see whether it is linear.
local STATIONS = { TASKS / 10, TASKS / 2, TASKS }
local BATCH = 500
local TASK_ID = "task_%012d" -- as the stub names them
local FOREVER = { "--ms", 86400000, 86400000 }

local liangxin = require("liangxin")

local function await(what, condition, pause)
  local limit = now() + 120
  while not condition() do
    if now() > limit then
      error("it never came to " .. what, 0)
    end
    pause()
  end
end

-- Bytes a task between stations, given fill(from, to) and the bytes at the start.
local function tell_growth(figure, target, note, fill)
  local start, previous, slopes = measure.resident(), 0, {}
  local last = start
  for i, station in ipairs(STATIONS) do
    fill(previous + 1, station)
    local resident = measure.resident()
    slopes[i] = ("%.0f"):format((resident - last) / (station - previous))
    last, previous = resident, station
  end
  measure.tell({ figure = figure, value = (last - start) / TASKS, unit = "B", at_most = target,
    note = note .. ("; up to %d, %d, %d tasks: %s each"):format(STATIONS[1], STATIONS[2],
      STATIONS[3], table.concat(slopes, ", ")) })
end

local function tell_under_a_second(figure, seconds)
  measure.tell({ figure = figure, value = seconds, unit = "s", under = 1,
    note = ("%d tasks"):format(TASKS) })
end

local parts = {}

-- The core alone ---------------------------------------------------------------

local function core_config(base_url)
  local options = require("liangxin.options")
  local core = require("liangxin.core")
  local checked = options.check_client({ base_url = base_url, api_key = "sk-test",
    poll = { first = 3600, factor = 1, max = 3600, jitter = 0 } })
  return options.core_config(checked, core.version)
end

function parts.core()
  local handle = require("liangxin.core").new(core_config("http://127.0.0.1:9"))
  local function pause()
    handle:poll(0.001)
  end
  handle:timer(TASKS + 1, 3600)
  await("a thread", function()
    return handle:stats().watched ~= nil
  end, pause)
  tell_growth("core memory of a task", 1024, "watched, nothing of Lua", function(from, to)
    for id = from, to do
      assert(handle:watch(id, TASK_ID:format(id), "z-image", 86400, false))
      if id % BATCH == 0 or id == to then
        -- Taken in before more is sent: commands waiting are memory too.
        local answered = TASKS + 1 + id
        assert(handle:timer(answered, 0))
        await("the last command", function()
          return select(2, handle:next()) == answered
        end, pause)
      end
    end
    collectgarbage()
    collectgarbage()
  end)
  local began = now()
  for id = 1, TASKS do
    handle:cancel(id)
  end
  handle:timer(3 * TASKS, 0)
  await("the last cancel", function()
    return select(2, handle:next()) == 3 * TASKS
  end, pause)
  tell_under_a_second("cancelling all, core alone", now() - began)
  handle:close()
end

-- With Lua tasks ---------------------------------------------------------------

local function new_client(stub, more)
  local options = { base_url = stub.base_url, api_key = "sk-test" }
  for name, value in pairs(more or {}) do
    options[name] = value
  end
  return liangxin.new(options)
end

local QUIET = { poll = { first = 3600, factor = 1, max = 3600, jitter = 0 } }

-- Create tasks number from .. to, many at a time, into `tasks`.
local function create(client, tasks, from, to)
  client:run(function()
    local last = from - 1
    for _ = 1, 32 do
      client:spawn(function()
        while last < to do
          last = last + 1
          tasks[last] = liangxin.check(client:create({ model = "z-image", input = { prompt = "one of many" } }))
        end
      end)
    end
  end)
  collectgarbage()
  collectgarbage()
end

-- Lua instructions, by tens, and this thread's CPU of `frames` steps.
local function cost_of_frames(client, frames)
  local instructions = 0
  local function count()
    instructions = instructions + 10
  end
  local events = 0
  local cpu = measure.thread_times()
  for _ = 1, frames do
    debug.sethook(count, "", 10)
    events = events + client:step()
    debug.sethook()
    os.execute("sleep 0.005")
  end
  return instructions / frames, measure.thread_times() - cpu, events
end

function parts.lua()
  local stub = measure.stub(unpack and unpack(FOREVER) or table.unpack(FOREVER))
  local client = new_client(stub, QUIET)
  create(client, {}, 1, 1)
  local idle = cost_of_frames(client, 100)
  local tasks = {}
  tell_growth("memory of a Lua task with its core", 2048, "client:create, watched", function(from, to)
    create(client, tasks, from, to)
  end)
  if client:stats().created < TASKS then
    error("the tasks are not there", 0)
  end
  local watched, _, events = cost_of_frames(client, 100)
  measure.tell({ figure = "Lua instructions of an idle step()", value = watched, unit = "", at_most = idle,
    note = ("%d tasks watched, none changes (%d events); with one task: %.0f"):format(TASKS, events, idle) })
  local began = now()
  for i = 1, TASKS do
    tasks[i]:cancel()
  end
  await("no task being watched", function()
    return client:stats().watched == 0
  end, function() client:poll(0.001) end)
  tell_under_a_second("cancelling all", now() - began)
  client:close()
  stub:stop()
end

return parts
