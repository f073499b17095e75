-- Eight workers on one PostgreSQL server, which are killed, stopped and cut off at
-- random, the server, too, while callbacks come to any of them, twice, late, out of
-- order and forged. A table, and a count of what passed.
--
--   lua kills.lua CLOCK_LIBRARY [TASKS] [KILLS] [SEED]

local chaos = require("spec.fleet.chaos")
local judge = require("spec.fleet.judge")
local loop = require("spec.fleet.loop")
local new_place = require("spec.fleet.place").new
local socket = require("socket")
local tables = require("spec.fleet.table")

local TASKS, KILLS = tonumber(arg[2] or 500), tonumber(arg[3] or 12)
local SEED = tonumber(arg[4]) or os.time() % 100000
local WORKERS = 8
local SERVER_KILLS = 3
local IS_LONG = TASKS > 2000
local STOP_SECONDS = IS_LONG and 60 or 36 -- a lease lasts 30 s
local LOST_SHARE = 0.04
local OVER = 20 -- tasks that the ceiling refuses
local PATIENCE, END_PATIENCE = 600 + TASKS, 120 -- s
local TAKEN_MAX = 60 -- s: 35 on a machine that has time; those later are counted

math.randomseed(SEED)
local place = new_place({ workers = WORKERS, concurrency = IS_LONG and 24 or 6, clock = arg[1], saves = true })
local hub, workers, sql = place.hub, place.workers, place.sql

local storm = { workers = workers, stop_seconds = STOP_SECONDS }

function storm.progress()
  return hub.counts.billed / TASKS
end

function storm.kill_server()
  place:interrupt(function(server)
    server:kill("KILL")
    server:launch()
  end)
end

-- The storm ------------------------------------------------------------------------

local added, refusal = place:enqueue(TASKS + OVER, TASKS, LOST_SHARE)
sql(judge.WATCH)
local began = socket.gettime()
hub:start()
workers:start_all()
loop.start(chaos.rage, storm, { kills = KILLS, server_kills = SERVER_KILLS })
judge.watch(sql)

local function is_over()
  local seen = judge.seen
  if not storm.is_calm or hub.open > 0 or not seen then
    return false
  end
  local saved = seen.states.saved or 0
  return saved + (seen.states.unknown or 0) == seen.total and saved >= place:billed()
end

local has_ended = loop.run(is_over, PATIENCE)
local seconds = socket.gettime() - began
local have_left = place:end_workers(END_PATIENCE)
local stuck = workers:finish()

-- What came of it --------------------------------------------------------------------

local seen = judge.look(sql)
local billed = place:billed()
local twice, lost, unknown_billed = judge.compare(sql, seen, hub.paid)
local files, broken = judge.check_files(sql)
local taken = judge.takeovers(sql, workers.deaths, place.outages)
local used = tonumber(sql("SELECT max(used_mc) FROM liangxin.budget_use")) / 1000
local healed = sql("SELECT count(*) FROM liangxin.event WHERE detail = 'named by a callback'")
local off = judge.claimed_by(sql, workers.off_pids)
place:remove()

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
row("  after s: median, worst", ("%.1f, %.1f"):format(taken.median, taken.worst), taken.worst < TAKEN_MAX)
row("  later than 35 s, but for what the machine was", #taken.over)
row("  s that the machine was late by, at most", ("%.1f"):format(taken.late))
tables.show("billed twice", twice)
tables.show("lost", lost)
tables.show("unknown and billed", unknown_billed)
tables.show("not whole", broken)
tables.show("late", taken.over)
if not has_ended then
  tables.show_states(seen.states)
end
tables.finish(workers.failures)
