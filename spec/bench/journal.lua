-- What a journal costs: CPU of a task and durable creates a second beside a client
-- without one, step() in a 200 Hz loop, and a journal of 100,000 entries. Each part
-- is a process of its own (`journal.lua PART ...`).

local child = require("spec.support.child")
local folders = require("spec.support.folder")
local front = require("spec.bench.front")
local liangxin = require("liangxin")
local measure = require("spec.bench.measure")
local sqlite = require("spec.support.sqlite")

local TASKS, RUNS = measure.size(4000, 100), measure.size(5, 1)
local AT_ONCE = 64
local FINISHED, UNFINISHED = measure.size(90000, 900), measure.size(10000, 100)
local LOOKUPS = measure.size(2000, 50)

local parts = {}

local QUICK = { first = 0.01, factor = 1, max = 0.01, jitter = 0 }

local function open(base_url, journal, is_still, certificate)
  return liangxin.new({
    base_url = base_url,
    api_key = "bench-key",
    journal = journal ~= "" and journal or nil,
    ca_file = certificate ~= "" and certificate or nil,
    poll = QUICK,
    max_requests_per_second = is_still and 0.001 or nil,
  })
end

local function draw(client, key)
  liangxin.check(client:generate("z-image", { prompt = "a tea house " .. key },
    { key = client.journal and "hero/" .. key or nil }))
end

local function keys()
  local out = {}
  for i = 1, TASKS do
    out[i] = i
  end
  return out
end

-- CPU and seconds of the tasks.
function parts.tasks(base_url, journal, certificate)
  local client = open(base_url, journal, false, certificate)
  draw(client, 0)
  local cpu, began = os.clock(), measure.now()
  client:map(keys(), function(key)
    draw(client, key)
  end, { concurrency = AT_ONCE })
  print(os.clock() - cpu, measure.now() - began)
  client:close()
end

-- The 99.9th percentile of step() while tasks come and go.
function parts.steps(base_url, journal)
  local client, times = open(base_url, journal), {}
  local job = client:spawn(client.map, client, keys(), function(key)
    draw(client, key)
  end, { concurrency = 8 })
  while job.status ~= "done" do
    local next_at = measure.now() + 0.005
    local began = measure.now()
    client:step()
    times[#times + 1] = measure.now() - began
    while measure.now() < next_at do
      os.execute("sleep 0.002")
    end
  end
  print(measure.percentile(times, 0.5), measure.percentile(times, 0.999))
  client:close()
end

-- CPU of opening, and bytes of each entry that is not finished and that nobody watches.
function parts.opened(base_url, journal)
  collectgarbage()
  local resident, cpu = measure.resident(), os.clock()
  local client = open(base_url, journal, true)
  for entry in client.journal:entries { key = "hero/0" } do
    assert(entry.key == "hero/0")
  end
  print(os.clock() - cpu, (measure.resident() - resident) / UNFINISHED)
  client:close(0)
end

-- CPU of opening and taking over, none of them queried, and bytes of each task; CPU of a reuse.
function parts.many(base_url, journal)
  collectgarbage()
  local resident, cpu = measure.resident(), os.clock()
  local client = open(base_url, journal, true)
  local tasks = liangxin.check(client:resume())
  cpu = os.clock() - cpu
  assert(#tasks >= UNFINISHED - RUNS, #tasks) -- each run may query one
  resident = (measure.resident() - resident) / UNFINISHED
  local reuse = os.clock()
  for _ = 1, LOOKUPS do
    liangxin.check(client:generate("z-image", { prompt = "a tea house 0" }, { reuse = true }))
  end
  print(cpu, resident, (os.clock() - reuse) / LOOKUPS)
  client:close(0)
end

local function run(part, ...)
  local arguments = { part, ... }
  for _, word in ipairs(arg) do
    arguments[#arguments + 1] = word
  end
  local status, said = child.run("spec/bench/journal.lua", arguments)
  local found = {}
  for word in said:gmatch("%S+") do
    found[#found + 1] = tonumber(word)
  end
  assert(status == 0 and #found > 1, said)
  return found
end

if parts[arg[1]] then
  parts[arg[1]](arg[2], arg[3], arg[4])
  return
end

local folder = folders.new()
local journal = folder .. "/studio.db"
local stub = measure.stub("--polls", 3)
local certificate, key = front.certify(folder .. "/")

-- "SQLite 3.40.1, PERSIST": who wrote the journal, and in which mode its header says.
local function describe_store()
  local file = assert(io.open(journal, "rb"))
  local header = file:read(20)
  file:close()
  return ("SQLite %s, %s"):format(sqlite.ask(":memory:", "SELECT sqlite_version()"),
    header:byte(20) == 2 and "WAL" or "PERSIST")
end

local function compare_tasks(way)
  local proxy = way.protocol and front.start(stub.port, way.protocol, certificate, key)
  local base_url, trusted = (proxy or stub).base_url, way.protocol and certificate or ""
  local ratios, creates, plain, with, store = {}, {}, {}, {}, nil
  for i = 1, way.runs do
    local bare = run("tasks", base_url, "", trusted)
    local journaled = run("tasks", base_url, journal, trusted)
    store = describe_store()
    sqlite.remove(journal)
    ratios[i], creates[i] = journaled[1] / bare[1], TASKS / journaled[2]
    plain[i], with[i] = bare[1] / TASKS * 1e6, journaled[1] / TASKS * 1e6
  end
  if proxy then
    proxy.stop()
  end
  local note = ("create + 4 queries, %d in flight, %s, %s"):format(AT_ONCE, way.what, store)
  local function tell(figure, runs, unit, aim)
    measure.tell({ figure = figure .. way.name, runs = runs, unit = unit, at_most = aim, note = note })
  end
  tell("CPU of a task without a journal", plain, "us")
  tell("CPU of a task with a journal", with, "us")
  tell("CPU of a task, journaled / not", ratios, "x", way.at_most)
  tell("whole durable tasks", creates, "1/s")
end

-- A create is recorded as sent when it has a stream or a connection: over HTTP/2 all that wait have one.
compare_tasks { name = "", protocol = "h2", what = "HTTPS/2, as the service is reached",
  runs = measure.size(9, 1), at_most = 1.3 }
compare_tasks { name = ", HTTP/1.1", what = "8 connections", runs = RUNS }

for _, name in ipairs { "", "journal" } do
  local found = run("steps", stub.base_url, name ~= "" and journal or "")
  measure.tell({ figure = name == "" and "step() without a journal, p99.9" or "step() with a journal, p99.9",
    value = found[2] * 1000, unit = "ms", note = ("p50 %.3f ms"):format(found[1] * 1000) })
end
sqlite.remove(journal)

local client = open(stub.base_url, journal)
draw(client, 0)
client:close()
local short = {}
for i = 1, RUNS do
  short[i] = run("opened", stub.base_url, journal)
end
sqlite.ask(journal, ([[
WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %d)
INSERT INTO entry(origin, key, model, identity, body, priority, state, attempt, owner, fence, due_ms, urls, created_ms,
  accepted_ms, ended_ms, saved_ms)
SELECT origin, 'many/' || i, model, randomblob(32), body, 0, CASE WHEN i %% 10 = 0 THEN 'accepted' ELSE 'succeeded' END,
  1, 0, 1, 0, urls, created_ms, accepted_ms, ended_ms, 0 FROM c, entry WHERE entry.id = 1;
INSERT INTO attempt(entry_id, n, origin, task_id, reserved_mc, sent_ms)
SELECT id, 1, origin, 'task_' || id, 0, 1 FROM entry WHERE id > 1;]]):format(FINISHED + UNFINISHED))
local function ask_ledger(at_once)
  local pipe = assert(io.popen(measure.command("ledger", folder, at_once, TASKS, FINISHED + UNFINISHED)))
  local line = pipe:read("*l")
  pipe:close()
  sqlite.remove(folder .. "/ledger.db")
  return measure.decode(assert(line, "ledger printed nothing"))
end

for _, at_once in ipairs { 1, 12, 64 } do
  local found = ask_ledger(at_once)
  local what = ("%d at once"):format(at_once)
  measure.tell({ figure = "what is written of a task, alone", value = found.life_us, unit = "us",
    note = "CPU of the journal's thread, " .. what })
  measure.tell({ figure = "a reuse lookup, alone", value = found.lookup_us, unit = "us",
    at_most = at_once == 64 and 10 or nil, note = "CPU, " .. what })
end
local opened, unwatched = {}, {}
for i = 1, RUNS do
  local found = run("opened", stub.base_url, journal)
  opened[i], unwatched[i] = found[1], found[2] - short[i][2]
end
measure.tell({ figure = "open 100,000, 10,000 of them unfinished", runs = opened, unit = "s", note = "CPU" })
measure.tell({ figure = "memory of an unfinished entry, not watched", runs = unwatched, unit = "B",
  at_most = 16, note = "beside a journal of one entry" })
local resumed, resident, reused = {}, {}, {}
for i = 1, RUNS do -- each takes over what the one before has left
  local found = run("many", stub.base_url, journal)
  resumed[i], resident[i], reused[i] = found[1], found[2], found[3] * 1e6
end
measure.tell({ figure = "open and resume 10,000 of 100,000", runs = resumed, unit = "s", at_most = 0.1,
  note = "CPU; none is queried" })
measure.tell({ figure = "memory of each resumed task", runs = resident, unit = "B" })
measure.tell({ figure = "a reuse, whole call", runs = reused, unit = "us",
  note = "CPU, with Lua and two threads" })
stub:stop()
folders.remove(folder)
