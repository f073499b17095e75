-- A game's frame: how long client:step() takes in a 60 Hz loop with 1,000 tasks
-- in flight and four 20 MB HTTPS downloads; how long when tasks end and begin in
-- most frames and the downloads never stop; how long with nothing to do; and
-- whether a budget holds when 10,000 events wait.

local liangxin = require("liangxin")
local socket = require("socket")
local fault_client = require("spec.support.fault_client")
local frame_loop = require("spec.bench.frame_loop")
local measure = require("spec.bench.measure")

local now = measure.now

-- Idle -------------------------------------------------------------------------

local function idle_step_us(client)
  local count = measure.size(200000, 1000)
  local began = now()
  for _ = 1, count do
    client:step()
  end
  return (now() - began) / count * 1e6
end

local function measure_idle()
  local client = liangxin.new({ base_url = "http://127.0.0.1:9", api_key = "sk-test" })
  client:spawn(function()
    client:sleep(3600) -- so that the thread runs
  end)
  local runs = measure.repeated(measure.size(9, 1), function()
    return idle_step_us(client)
  end)
  client:close()
  measure.tell({ figure = "step(), idle", runs = runs, unit = "us", under = 1 })
end

-- A budget ---------------------------------------------------------------------

local EVENTS = 10000
local BUDGET_S = 0.001

-- One round: the longest overrun, and the most events in a step that were begun
-- after the budget, counted from the step's first event on, had ended.
local function overrun(client)
  local limit, late, woken
  local function wake()
    client:sleep(0.2)
    local at = now()
    limit = limit or at + BUDGET_S
    woken = woken + 1
    late = late + (at > limit and 1 or 0)
  end
  for _ = 1, EVENTS do
    client:spawn(wake)
  end
  socket.sleep(0.7) -- not stepping: all of them wait
  local longest, most_late, steps = 0, 0, 0
  woken = 0
  while woken < EVENTS do
    limit, late = nil, 0
    local began = now()
    client:step(BUDGET_S)
    longest = math.max(longest, now() - began - BUDGET_S)
    most_late, steps = math.max(most_late, late), steps + 1
  end
  if steps < 2 and not measure.brief then
    error("all events fitted into one budget: nothing was measured", 0)
  end
  return longest * 1e6, most_late
end

local function measure_budget()
  local client = liangxin.new({ base_url = "http://127.0.0.1:9", api_key = "sk-test" })
  local overruns, latest = {}, 0
  for i = 1, measure.size(9, 1) do
    local late
    overruns[i], late = overrun(client)
    latest = math.max(latest, late)
  end
  client:close()
  measure.tell({ figure = "step(1 ms): events begun after it", value = latest, unit = "", at_most = 1,
    note = ("of %d that wait, worst of all steps"):format(EVENTS) })
  measure.tell({ figure = "step(1 ms): longest overrun", runs = overruns, unit = "us" })
end

-- Frames -----------------------------------------------------------------------

local HZ = 60
local FRAMES = measure.size(3600, 60)
local FLIGHTS = measure.size(5, 1)
local TASKS = measure.size(1000, 50)
local FILES = { count = 4, bytes = measure.size(20e6, 1e6) }

-- Tasks in flight, none of which ends, and four files that arrive during these
-- frames, as over a slow line.
local function run_flight(world, fault)
  local client = world.client
  local chunk = 16384
  local every_s = chunk * FRAMES / HZ * 0.8 / FILES.bytes
  local queries, downloaded = client:stats().queries, world.downloaded
  fault:rule({ on = "file", times = "always", drip = { bytes = chunk, every_s = every_s } })
  for n = 1, FILES.count do
    client:spawn(function()
      liangxin.check(world.download(n))
    end)
  end
  local run = frame_loop.run(client, { hz = HZ, frames = FRAMES })
  run.queries = client:stats().queries - queries
  if not measure.brief and (world.downloaded - downloaded ~= FILES.count * FILES.bytes or run.queries == 0) then
    error("the load was not as it was to be", 0)
  end
  fault:clear_rules()
  return run
end

local function measure_flight(stub, fault)
  local world = frame_loop.open_world(stub, fault, FILES)
  local client = world.client
  client:spawn(function()
    for _ = 1, TASKS do
      liangxin.check(client:create({ model = "z-image", input = { prompt = "a frame" } }))
    end
  end)
  frame_loop.drive_until(client, function()
    return client:stats().created == TASKS
  end)
  local runs = measure.repeated(FLIGHTS, function()
    return run_flight(world, fault)
  end)
  frame_loop.tell("step()", runs, ("%d tasks in flight, %d queries; %.0f MB of HTTPS downloads")
    :format(TASKS, runs[1].queries, world.downloaded / FLIGHTS / 1e6), 100)
  world.close()
end

-- A job that does `work` again and again until the client is closed.
local function keep_doing(client, work, ...)
  client:spawn(function(...)
    local done, err = work(...)
    while done do
      done, err = work(...)
    end
    if err.kind ~= "closed" then
      error(err, 0)
    end
  end, ...)
end

local function generate(world)
  local result, err = world.client:generate("z-image", { prompt = "a frame" })
  world.ended = world.ended + 1
  return result, err
end

-- Tasks that end, each followed by another one, and downloads that never stop,
-- as fast as this machine serves them.
local function measure_storm(stub, fault)
  local world = frame_loop.open_world(stub, fault, FILES)
  local client = world.client
  for _ = 1, TASKS do
    keep_doing(client, generate, world)
  end
  for n = 1, FILES.count do
    keep_doing(client, world.download, n)
  end
  frame_loop.drive_until(client, function()
    return client:stats().created >= TASKS and world.downloaded >= FILES.count * FILES.bytes
  end)
  for _, loop in ipairs({ { "storm: step()" }, { "storm: step(50 us)", 0.00005 } }) do
    local name, budget = loop[1], loop[2]
    local ended, downloaded, began = world.ended, world.downloaded, now()
    local run = frame_loop.run(client, { hz = HZ, frames = FRAMES / 2, budget = budget })
    local seconds = now() - began
    ended, downloaded = world.ended - ended, world.downloaded - downloaded
    if not measure.brief and (ended == 0 or downloaded == 0) then
      error("nothing happened in these frames", 0)
    end
    frame_loop.tell(name, { run }, ("%.0f tasks a second end and begin; %.0f MB/s of HTTPS downloads")
      :format(ended / seconds, downloaded / seconds / 1e6))
  end
  world.close()
end

local function measure_frames()
  local fault = fault_client.start({ tls = true })
  local lasting = measure.stub("--ms", 3600000, 3600000)
  measure_flight(lasting, fault)
  lasting:stop()
  local ending = measure.stub("--ms", measure.size(1000, 100), measure.size(40000, 600))
  measure_storm(ending, fault)
  ending:stop()
  fault:stop()
end

measure_idle()
measure_budget()
measure_frames()
measure.quote("the same loop on Lua-cURLv3, downloads alone: p99 6,400 us, longest 7,000 to 11,000 us")
