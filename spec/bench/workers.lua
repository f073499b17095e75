-- A place for a fleet in benches: a PostgreSQL server, a stub, a queue that is
-- filled, and processes of worker.lua that work it off.

local child = require("spec.support.child")
local folders = require("spec.support.folder")
local liangxin = require("liangxin")
local measure = require("spec.bench.measure")
local postgres = require("spec.support.postgres")

local M = {}

local TICKS = 100 -- a second, of the clock by which the kernel tells CPU
local PROMPT = "a tea bottle on a stone table, soft light from the left, 35 mm, number %d"

local Place = {}
Place.__index = Place

-- Processes ------------------------------------------------------------------------

local function read(path)
  local file = io.open(path)
  local text = file and file:read("*a")
  if file then
    file:close()
  end
  return text
end

local function children_of(pid)
  local list = {}
  for id in (read(("/proc/%s/task/%s/children"):format(pid, pid)) or ""):gmatch("%d+") do
    list[#list + 1] = id
  end
  return list
end

-- CPU seconds of a process, and of its children that have ended.
local function cpu_of(pid)
  local text = read(("/proc/%s/stat"):format(pid))
  local ticks = 0
  if text then -- user, system, and the same of those children: the 14th to 17th
    for number in text:match("%) " .. ("%S+ "):rep(11) .. "(%d+ %d+ %d+ %d+)"):gmatch("%d+") do
      ticks = ticks + tonumber(number)
    end
  end
  return ticks / TICKS
end

local function self_id()
  return read("/proc/self/stat"):match("^%d+")
end

-- All processes of the server.
local function server_cpu(place)
  local first = read(place.server.folder .. "/data/postmaster.pid"):match("^%d+")
  local seconds = cpu_of(first)
  for _, id in ipairs(children_of(first)) do
    seconds = seconds + cpu_of(id)
  end
  return seconds
end

-- The place ------------------------------------------------------------------------

--- One whose server commits to the disk.
function M.open()
  local server, missing = postgres.start({ "shared_buffers=128MB", "max_connections=100", "max_wal_size=4GB",
    "shared_preload_libraries=pg_stat_statements" })
  if not server then
    error(missing, 0)
  end
  local others = #children_of(self_id())
  local stub = measure.stub("--polls", 0)
  local children = children_of(self_id())
  assert(#children == others + 1, "which process is the stub?")
  return setmetatable({ server = server, folder = folders.new(), stub = stub, stub_id = children[#children],
    base_url = stub.base_url }, Place)
end

--- Put `tasks` requests into the journal at `url`, with `options` of all.
function Place:fill(url, tasks, options)
  local client, list = liangxin.new({ base_url = self.base_url, api_key = "bench-key", journal = url }), {}
  for i = 1, tasks do
    list[i] = { model = "z-image", input = { prompt = PROMPT:format(i), seed = i }, key = "bench/" .. i }
  end
  liangxin.check(client.journal:enqueue(list, options))
  client:close()
end

--- Start that many workers, and wait until each is connected.
function Place:start(work, count, argument)
  local list = {}
  os.remove(self.folder .. "/go")
  for i = 1, count do
    list[i] = child.start("spec/bench/worker.lua", { work, self.base_url, argument, self.folder .. "/go" })
  end
  for _, worker in ipairs(list) do
    local said = worker:line()
    assert(said == "ready", said)
  end
  return list
end

--- Let them work off `tasks`: {rate =, and CPU seconds: workers =, journal =,
--- postgres =, stub =}.
function Place:run(list, tasks)
  local found = { workers = 0, journal = 0, postgres = -server_cpu(self), stub = -cpu_of(self.stub_id) }
  local began, last, done = measure.now(), 0, 0
  assert(io.open(self.folder .. "/go", "w")):close()
  for _, worker in ipairs(list) do
    local said = worker:line()
    local ended, count, cpu, journal = said:match("^(%S+)%s+(%S+)%s+(%S+)%s+(%S+)$")
    assert(ended, said)
    last, done = math.max(last, tonumber(ended)), done + tonumber(count)
    found.workers, found.journal = found.workers + tonumber(cpu), found.journal + tonumber(journal)
  end
  for _, worker in ipairs(list) do
    assert(worker:finish() == 0, "a worker failed")
  end
  assert(done == tasks, ("%d of %d tasks were done"):format(done, tasks))
  found.rate = tasks / (last - began)
  found.postgres, found.stub = found.postgres + server_cpu(self), found.stub + cpu_of(self.stub_id)
  return found
end

function Place:close()
  self.stub:stop()
  self.server:stop()
  folders.remove(self.folder)
end

return M
