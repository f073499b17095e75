-- A failover to a copy that lacks the last seconds, under workers: nothing is sent
-- until the journal is adopted. What the copy has lost is named by callbacks whose
-- tokens it does not know; their keys are cancelled before it is adopted, so that
-- nothing is paid twice. A table, and a count of what passed.
--
--   lua failover.lua CLOCK_LIBRARY [TASKS] [SEED]

local judge = require("spec.fleet.judge")
local liangxin = require("liangxin")
local loop = require("spec.fleet.loop")
local new_place = require("spec.fleet.place").new
local tables = require("spec.fleet.table")

local TASKS = tonumber(arg[2] or 120)
local SEED = tonumber(arg[3]) or os.time() % 100000
local WORKERS = 4
local BEFORE, LOST = 0.25, 0.25 -- of the tasks: billed before the copy, and after
local QUIET_SECONDS = 3 -- in which the service makes no task
local PATIENCE, END_PATIENCE = 600 + TASKS, 120 -- s

math.randomseed(SEED)
local place = new_place({ workers = WORKERS, concurrency = 6, clock = arg[1] })
local hub, workers, sql = place.hub, place.workers, place.sql

-- Run in steps: each waits for the one before.
local function await(what, is_so)
  if not loop.run(is_so, PATIENCE) then
    error("the storm waits in vain until " .. what, 0)
  end
end

local function run(fn)
  local is_over = false
  loop.start(function()
    fn()
    is_over = true
  end)
  await("the server answers", function()
    return is_over
  end)
end

local function count_billed_from(number)
  return function()
    return place:billed() >= number
  end
end

-- Until the copy takes over ----------------------------------------------------------

place:enqueue(TASKS, TASKS, 0)
hub:start()
workers:start_all()
await("some are billed", count_billed_from(TASKS * BEFORE))
-- What is called back and answered in the seconds that get lost nobody can know.
await("no callback is on its way", function()
  return hub:hold(true)
end)
run(function()
  place:interrupt(function(server)
    server:keep_copy()
  end)
end)
local at_copy = place:billed()
await("some are billed that the copy lacks", count_billed_from(at_copy + TASKS * LOST))
run(function()
  place:interrupt(function(server)
    server:fail_over()
  end)
end)

-- The old workers end: what they have claimed is free, and what they know is
-- written as far as the copy knows of it. New ones take callbacks and send nothing.
local have_left = place:end_workers(END_PATIENCE)
local stuck = workers:finish()
local at_failover = place:billed()
hub.may_refuse = true
hub:hold(false)
workers:start_all()
await("all is called back that was billed", function()
  return hub.counts.billed == at_failover and hub.open == 0
end)
loop.run(function() return false end, QUIET_SECONDS)
local sent_before = place:billed() - at_failover

-- What a person does -----------------------------------------------------------------

local client = place:client()
local _, refusal = client:generate("z-image", { prompt = "too early" }, { price = 1 })
local cancelled, named = {}, 0
for key in pairs(hub.refused) do
  -- What is not planned a worker has written from its memory, but for the token.
  if liangxin.check(client.journal:entries({ key = key }))().state == "planned" then
    liangxin.check(client.journal:cancel({ key = key }))
    cancelled[key], named = true, named + 1
  end
end
local was_copy = liangxin.check(client.journal:adopt())
client:close()

judge.watch(sql)
local function is_over()
  local seen = judge.seen
  if hub.open > 0 or not seen then
    return false
  end
  local states = seen.states
  local ended = (states.succeeded or 0) + (states.unknown or 0) + (states.refused or 0)
  return ended == seen.total and hub.counts.billed == place:billed()
end
local has_ended = loop.run(is_over, PATIENCE)
have_left = place:end_workers(END_PATIENCE) and have_left
stuck = stuck + workers:finish()

-- What came of it --------------------------------------------------------------------

local seen = judge.look(sql)
local billed = place:billed()
local twice, lost, unknown_billed = judge.compare(sql, seen, hub.paid)
local unnamed = {}
for _, line in ipairs(lost) do
  if not cancelled[line:match("^%w+")] then
    unnamed[#unnamed + 1] = line
  end
end
place:remove()

local row, states = tables.row, seen.states
row("seed", SEED)
row("a failover under workers", WORKERS)
row("billed before the copy, before the failover", ("%d, %d"):format(at_copy, at_failover))
row("sent before it was adopted", sent_before, sent_before == 0 and was_copy and refusal ~= nil
  and refusal.kind == "journal" and refusal.charged == "no")
row("lost by the copy, and named by callbacks", named, named > 0)
row("all was done", has_ended, has_ended)
row("workers that did not end when told to", stuck, have_left and stuck == 0)
row("billed in the end", billed, billed == TASKS and billed == hub.counts.billed)
row("billed twice", #twice, #twice == 0)
row("lost: named neither by journal nor callback", #unnamed, #unnamed == 0)
row("unknown, though billed and called back", #unknown_billed, #unknown_billed == 0)
row("succeeded", states.succeeded or 0, (states.succeeded or 0) == billed - named)
tables.show("billed twice", twice)
tables.show("lost", unnamed)
tables.show("unknown and billed", unknown_billed)
if not has_ended then
  tables.show_states(states)
end
tables.finish(workers.failures)
