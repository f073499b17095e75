-- A host's frames: client:step() at a steady rate, each step timed beside a loop
-- that only counts; and the world of the benches that use it, a client of a stub
-- for tasks and of a fault server for downloads over HTTPS.

local liangxin = require("liangxin")
local socket = require("socket")
local live = require("spec.support.live")
local measure = require("spec.bench.measure")

local frame_loop = {}

local now = measure.now

-- The world --------------------------------------------------------------------

---A client of both servers, and a folder for its downloads.
---@param stub table of measure.stub
---@param fault fault.Server with TLS
---@param files {count:integer, bytes:integer} that `fault` serves
function frame_loop.open_world(stub, fault, files)
  for n = 1, files.count do
    fault:file(tostring(n), { size = files.bytes, content_type = "video/mp4" })
  end
  local folder, remove = live.folder()
  local client = liangxin.new({ base_url = stub.base_url, api_key = "sk-test", ca_file = fault.ca_file })
  local world = { client = client, downloaded = 0, ended = 0 }
  function world.download(n)
    local file, err = client:download(("%s/files/%d"):format(fault.tls_url, n),
      ("%s%d.mp4"):format(folder, n), { overwrite = true })
    world.downloaded = world.downloaded + (file and file.bytes or 0)
    return file, err
  end
  function world.close()
    client:close()
    remove()
  end
  return world
end

---Step, not in frames, until something is so.
function frame_loop.drive_until(client, is_reached)
  local limit = now() + 60
  while not is_reached() do
    client:poll(0.05)
    if now() > limit then
      error("the load did not come up", 0)
    end
  end
end

-- Frames -----------------------------------------------------------------------

-- What the machine takes away in between: a loop that would take so long.
local SPIN_US = 15
local spins = 1000

local function spin()
  local began = now()
  for _ = 1, spins do
    began = began + 0
  end
  return (now() - began) * 1e6
end

do
  local per_us = measure.percentile(measure.repeated(1001, spin), 0.5) / spins
  spins = math.ceil(SPIN_US / per_us)
end

---Step in frames. In microseconds: `all` steps; the `undisturbed`, in which the
---thread kept its processor; what each `spun` beside them took. `done` says what
---was done in each of all, when `options.count` counts it.
---@param client liangxin.Client
---@param options {hz:integer, frames:integer, budget?:number, count?:fun():integer}
function frame_loop.run(client, options)
  local run = { hz = options.hz, all = {}, undisturbed = {}, spun = {}, done = {} }
  local count = options.count or function() return 0 end
  local frame_s, due = 1 / options.hz, now()
  for i = 1, options.frames do
    due = math.max(due + frame_s, now())
    socket.sleep(math.max(0, due - now()))
    local _, waited = measure.thread_times()
    local before = count()
    local began = now()
    client:step(options.budget)
    local took = (now() - began) * 1e6
    run.all[i], run.done[i] = took, count() - before
    local _, waited_after = measure.thread_times()
    if waited == waited_after then
      run.undisturbed[#run.undisturbed + 1] = took
    end
    run.spun[i] = spin()
  end
  return run
end

local function percentiles(runs, list, share)
  local values = {}
  for i, run in ipairs(runs) do
    values[i] = measure.percentile(run[list], share)
  end
  return values
end

---Print the figures of `runs` of the same load: `note` describes it; `target` is
---for p99.9, in microseconds.
function frame_loop.tell(name, runs, note, target)
  local disturbed = 0
  for _, run in ipairs(runs) do
    disturbed = disturbed + #run.all - #run.undisturbed
  end
  local function tell(what, list, share, row)
    row.figure, row.unit = name .. what, "us"
    row.runs = percentiles(runs, list, share)
    measure.tell(row)
  end
  tell(", p50", "all", 0.5, { note = note })
  tell(", p99", "all", 0.99, {})
  tell(", p99.9", "all", 0.999, { under = target, note = ("%d frames of %d Hz"):format(#runs[1].all, runs[1].hz) })
  tell(", longest", "all", 1, {})
  tell(", p99.9 where it was not preempted", "undisturbed", 0.999,
    { note = ("without %d frames in which others had the processor"):format(disturbed) })
  tell(": a loop beside it, p99.9", "spun", 0.999,
    { note = ("the machine's noise: it would take %d us, and does no more than count"):format(SPIN_US) })
end

return frame_loop
