-- Frames while results arrive: 1,000 tasks in flight that end over 15 s, each
-- awaited by a job, and four files that arrive over HTTPS, in a loop of 200 Hz;
-- with and without a budget.

local liangxin = require("liangxin")
local fault_client = require("spec.support.fault_client")
local frame_loop = require("spec.bench.frame_loop")
local measure = require("spec.bench.measure")

local HZ = 200
local ROUNDS = measure.size(3, 1)
local TASKS = measure.size(1000, 50)
local OVER_S = measure.size(15, 0.5)
local FIRST_END_S = 2
local FILES = { count = 4, bytes = measure.size(20e6, 1e6) }
local CHUNK_BYTES = 16384

local LOOPS = {
  { name = "arrivals: step()" },
  { name = "arrivals: step(200 us)", budget = 0.0002, target = 250 },
}

local function start_tasks(world)
  local client = world.client
  for _ = 1, TASKS do
    client:spawn(function()
      local result, err = client:generate("z-image", { prompt = "a frame" })
      if result then
        world.ended = world.ended + 1
      elseif err.kind ~= "closed" then
        error(err, 0)
      end
    end)
  end
  frame_loop.drive_until(client, function()
    return client:stats().created == TASKS
  end)
end

local function start_downloads(world)
  for n = 1, FILES.count do
    world.client:spawn(function()
      liangxin.check(world.download(n))
    end)
  end
end

local function run_round(fault, budget)
  local stub = measure.stub("--ms", FIRST_END_S * 1000, math.floor((FIRST_END_S + OVER_S) * 1000))
  local every_s = CHUNK_BYTES * OVER_S * 0.8 / FILES.bytes
  fault:rule({ on = "file", times = "always", drip = { bytes = CHUNK_BYTES, every_s = every_s } })
  local world = frame_loop.open_world(stub, fault, FILES)
  start_tasks(world)
  frame_loop.drive_until(world.client, function()
    return world.ended > 0
  end)
  start_downloads(world)
  local run = frame_loop.run(world.client, {
    hz = HZ, frames = OVER_S * HZ, budget = budget, count = function() return world.ended end,
  })
  run.ended, run.downloaded = world.ended, world.downloaded
  if not measure.brief and (run.ended < 0.9 * TASKS or run.downloaded < FILES.count * FILES.bytes) then
    error(("not the load that was asked for: %d tasks ended, %d bytes"):format(run.ended, run.downloaded), 0)
  end
  world.close()
  stub:stop()
  fault:clear_rules()
  return run
end

-- How much longer a step takes for one end more, by least squares over the
-- frames of all runs with an end; and the most ends in one frame.
local function cost_of_ends(runs)
  local n, sum_x, sum_y, sum_xx, sum_xy, most = 0, 0, 0, 0, 0, 0
  for _, run in ipairs(runs) do
    for i, x in ipairs(run.done) do
      local y = run.all[i]
      if x > 0 then
        n, sum_x, sum_y = n + 1, sum_x + x, sum_y + y
        sum_xx, sum_xy, most = sum_xx + x * x, sum_xy + x * y, math.max(most, x)
      end
    end
  end
  local spread = n * sum_xx - sum_x * sum_x
  return spread > 0 and (n * sum_xy - sum_x * sum_y) / spread or 0, most
end

local fault = fault_client.start({ tls = true })
for _, loop in ipairs(LOOPS) do
  loop.runs = {}
end
for round = 1, ROUNDS do
  for _, loop in ipairs(LOOPS) do
    loop.runs[round] = run_round(fault, loop.budget)
  end
end
fault:stop()
for _, loop in ipairs(LOOPS) do
  local slope, most = cost_of_ends(loop.runs)
  frame_loop.tell(loop.name, loop.runs,
    ("%d tasks that end over %g s; %.0f MB of HTTPS downloads"):format(TASKS, OVER_S,
      loop.runs[1].downloaded / 1e6), loop.target)
  if not loop.budget then
    measure.tell({ figure = loop.name .. ": an end more in a frame", value = slope, unit = "us", at_most = 20,
      note = ("least squares over all frames with an end; at most %d in one"):format(most) })
  end
end
