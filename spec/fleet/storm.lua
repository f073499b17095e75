-- `make fleet`: eight workers on one PostgreSQL server, which are killed, stopped
-- and cut off at random, the server, too, while callbacks come to any of them,
-- twice, late, out of order and forged. A table, and a count of what passed.
--
--   lua storm.lua CLOCK_LIBRARY [TASKS] [KILLS] [SEED]

local callbacks = require("spec.fleet.callbacks")
local chaos = require("spec.fleet.chaos")
local folders = require("spec.support.folder")
local judge = require("spec.fleet.judge")
local liangxin = require("liangxin")
local loop = require("spec.fleet.loop")
local postgres = require("spec.support.postgres")
local sandbox_module = require("liangxin.sandbox")
local socket = require("socket")
local tables = require("spec.fleet.table")
local workers_module = require("spec.fleet.workers")

local TASKS, KILLS = tonumber(arg[2] or 500), tonumber(arg[3] or 12)
local SEED = tonumber(arg[4]) or os.time() % 100000
local WORKERS = 8
local CONCURRENCY = TASKS > 2000 and 24 or 6
local SERVER_KILLS = 3
local STOP_SECONDS = TASKS > 2000 and 60 or 36 -- a lease lasts 30 s
local LOST_SHARE = 0.04 -- creates without an answer
local OVER = 20 -- tasks that the ceiling refuses
local PATIENCE, END_PATIENCE = 600 + TASKS, 120 -- s

math.randomseed(SEED)
local server, missing = postgres.start()
if not server then
  error(missing, 0)
end
server.sleep = loop.sleep
local folder = folders.new()
local url, database = server:fresh()
local sandbox = assert(sandbox_module.start({ speed = 8, seconds = 20, side = 16, prices = 1, api_key = "fleet-key" }))

local function sql(statement)
  return server:sql(database, statement)
end

-- The parts ------------------------------------------------------------------------

local workers = workers_module.new({ count = WORKERS, concurrency = CONCURRENCY, folder = folder,
  base_url = sandbox.base_url, url = url, port = server.port, clock = arg[1] })
local hub = callbacks.new(function()
  return workers:ports()
end)
local outages = {}
local storm = { workers = workers, stop_seconds = STOP_SECONDS }

function storm.progress()
  return hub.counts.billed / TASKS
end

function storm.kill_server()
  local outage = { from = socket.gettime(), to = math.huge }
  outages[#outages + 1] = outage
  server:kill("KILL")
  server:launch()
  outage.to = socket.gettime()
end

-- TASKS of them have room under the ceiling.
local function enqueue()
  local client = liangxin.new({ base_url = sandbox.base_url, api_key = sandbox.api_key, journal = url })
  local added, err = 0, nil
  for first = 1, TASKS + OVER, 500 do
    local requests = {}
    for i = first, math.min(first + 499, TASKS + OVER) do
      local key = "k" .. i
      local lost = math.random() < LOST_SHARE and " [lost]" or ""
      requests[#requests + 1] = { model = "z-image", input = { prompt = "number " .. i .. lost }, key = key,
        save = folder .. "/pictures/", callBackUrl = hub:url(key) }
    end
    local counts
    counts, err = client.journal:enqueue(requests, { batch = "storm", price = 1, max_credits = TASKS })
    added = added + (counts or err).added
  end
  client:close()
  return added, err
end

-- The storm ------------------------------------------------------------------------

local added, refusal = enqueue()
sql(judge.WATCH)
local began = socket.gettime()
hub:start()
workers:start_all()
loop.start(chaos.rage, storm, { kills = KILLS, server_kills = SERVER_KILLS })

local seen
loop.start(function()
  while true do
    seen = judge.look(sql) or seen
    loop.sleep(1)
  end
end)

local function is_over()
  if not storm.is_calm or hub.open > 0 or not seen then
    return false
  end
  local ended = (seen.states.saved or 0) + (seen.states.unknown or 0)
  return ended == seen.total and (seen.states.saved or 0) >= sandbox.counters().billed
end

local has_ended = loop.run(is_over, PATIENCE)
local seconds = socket.gettime() - began
workers:end_all()
local have_left = loop.run(function()
  return workers:have_ended()
end, END_PATIENCE)
local stuck = workers:finish()

-- What came of it --------------------------------------------------------------------

seen = judge.look(sql)
local billed = sandbox.counters().billed
local twice, lost, unknown_billed = judge.compare(sql, seen, hub.paid)
local files, broken = judge.check_files(sql)
local taken = judge.takeovers(sql, workers.deaths, outages)
local used = tonumber(sql("SELECT max(used_mc) FROM liangxin.budget_use")) / 1000
local healed = sql("SELECT count(*) FROM liangxin.event WHERE detail = 'named by a callback'")
local off = judge.claimed_by(sql, workers.off_pids)
sandbox.stop()
hub:stop()
server:stop()
folders.remove(folder)

local done, counts, row = storm.done, hub.counts, tables.row
row("seed", SEED)
row("workers", WORKERS)
row("claimed by the two with a clock an hour off", off, off > 0)
row("killed: workers, the server", ("%d, %d"):format(done.kill, done.kill_server))
row("networks cut, silent", ("%d, %d"):format(done.cut, done.hush))
row("stopped, for s", ("%d, %d"):format(done.stop, STOP_SECONDS))
row("s until all was done", ("%.0f"):format(seconds), has_ended)
row("workers that did not end when told to", stuck, have_left and stuck == 0)
row("workers that gave up and went on", workers.given_up)
row("keys enqueued under the ceiling", added, added == TASKS and refusal ~= nil and refusal.kind == "budget")
row("billed by the service", billed, billed <= TASKS and billed == counts.billed)
row("billed twice", #twice, #twice == 0)
row("lost: billed, and not named in the journal", #lost, #lost == 0)
row("unknown, though billed and called back", #unknown_billed, #unknown_billed == 0)
row("unknown, never sent", #seen.unknown - #unknown_billed)
row("saved", seen.states.saved or 0, (seen.states.saved or 0) == billed and files == billed and #broken == 0)
row("healed by a callback", healed)
row("ceiling, credits used under it", ("%d, %g"):format(TASKS, used), used <= TASKS)
row("callbacks taken, sent away, not answered", ("%d, %d, %d"):format(counts.delivered, counts.sent_away,
  counts.silent))
row("forged callbacks, taken", ("%d, %d"):format(counts.forged, counts.forged_taken), counts.forged_taken == 0)
row("taken over from the dead: entries", taken.count, taken.kept == 0)
row("  after s: median, worst", ("%.1f, %.1f"):format(taken.median, taken.worst))
row("  later than 35 s", #taken.over, #taken.over == 0)
tables.show("billed twice", twice)
tables.show("lost", lost)
tables.show("unknown and billed", unknown_billed)
tables.show("not whole", broken)
tables.show("late", taken.over)
tables.show("a worker said", workers.failures)
if not has_ended then
  for state, count in pairs(seen.states) do
    print(("  %d %s"):format(count, state))
  end
end
tables.finish()
