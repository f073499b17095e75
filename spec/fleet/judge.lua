-- What came of a storm: the service's bill and callbacks against the journal, the
-- files, and who took over from the dead.

local loop = require("spec.fleet.loop")

local TAKEOVER_SECONDS = 35 -- lease, look and claim
local RECONNECT_SECONDS = 5 -- the longest pause after the server was down

local M = {}

--- Before the workers start: notes who hands entries to whom, on the server's clock.
M.WATCH = "CREATE TABLE public.handed(entry BIGINT, was BIGINT, is_now BIGINT, at TIMESTAMPTZ);"
  .. " CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.handed"
  .. " VALUES(OLD.id, OLD.owner, NEW.owner, clock_timestamp()); RETURN NULL; END';"
  .. " CREATE TRIGGER note AFTER UPDATE ON liangxin.entry FOR EACH ROW"
  .. " WHEN (OLD.owner IS DISTINCT FROM NEW.owner) EXECUTE FUNCTION public.note()"

local function lines(text)
  local list = {}
  for line in text:gmatch("[^\n]+") do
    list[#list + 1] = line
  end
  return list
end

--- How many entries are in each state, and the keys of unknown ones; nil while the
--- server does not answer.
function M.look(sql)
  local states, unknown, total = {}, {}, 0
  for _, line in ipairs(lines(sql("SELECT state || ' ' || count(*) FROM liangxin.entry GROUP BY state"
    .. " UNION ALL SELECT 'key ' || key FROM liangxin.entry WHERE state = 'unknown'"))) do
    local word, value = line:match("^(%l+) (%w+)$")
    if word == "key" then
      unknown[#unknown + 1] = value
    elseif word then
      states[word], total = tonumber(value), total + tonumber(value)
    end
  end
  return total > 0 and { states = states, unknown = unknown, total = total } or nil
end

--- Look once a second from now on: M.seen is what was seen last.
function M.watch(sql)
  M.seen = nil
  loop.start(function()
    while true do
      M.seen = M.look(sql) or M.seen
      loop.sleep(1)
    end
  end)
end

--- Keys billed more than once, tasks that no attempt names, unknown ones that were
--- billed.
function M.compare(sql, seen, paid)
  local named, twice, lost, unknown_billed = {}, {}, {}, {}
  for _, line in ipairs(lines(sql("SELECT e.key || ' ' || a.task_id FROM liangxin.attempt a JOIN liangxin.entry e"
    .. " ON e.id = a.entry_id WHERE a.task_id IS NOT NULL"))) do
    named[line] = true
  end
  for key, tasks in pairs(paid) do
    local count = 0
    for task_id in pairs(tasks) do
      count = count + 1
      if not named[key .. " " .. task_id] then
        lost[#lost + 1] = key .. " " .. task_id
      end
    end
    if count > 1 then
      twice[#twice + 1] = key
    end
  end
  for _, key in ipairs(seen.unknown) do
    if paid[key] then
      unknown_billed[#unknown_billed + 1] = key
    end
  end
  return twice, lost, unknown_billed
end

--- How many files the journal names, and which of them are not whole.
function M.check_files(sql)
  local broken, count = {}, 0
  for _, line in ipairs(lines(sql("SELECT bytes || ' ' || path FROM liangxin.file"))) do
    local bytes, path = line:match("^(%d+) (.+)$")
    local file = path and io.open(path, "rb")
    local size = file and file:seek("end")
    if file then
      file:close()
    end
    count = count + 1
    if not size or size == 0 or size ~= tonumber(bytes) then
      broken[#broken + 1] = line
    end
  end
  return count, broken
end

--- How many entries were claimed by processes of those pids.
function M.claimed_by(sql, pids)
  return tonumber(sql("SELECT count(DISTINCT h.entry) FROM public.handed h JOIN liangxin.owner o ON o.id = h.is_now"
    .. " WHERE o.pid IN (" .. table.concat(pids, ", ") .. ")"))
end

-- From when on others could know of a death: after a restart of the server leases
-- count from then, and workers need a moment to find it again. Seconds allowed.
local function begin_of(outages, since, at)
  local from, seconds = since, TAKEOVER_SECONDS
  for _, outage in ipairs(outages) do
    if outage.to > from and outage.from < at then
      from, seconds = outage.to, TAKEOVER_SECONDS + RECONNECT_SECONDS
    end
  end
  return from, seconds
end

--- Takeovers from the dead, and from who stood still: count, median and worst in
--- seconds, which took longer than 35 s and the time that the machine was late by;
--- and how many entries the dead still have.
function M.takeovers(sql, deaths, outages)
  local values, seconds, over, late = {}, {}, {}, 0
  for i, death in ipairs(deaths) do
    values[i] = ("(%d, %.3f, %.3f)"):format(death.pid, death.since, math.min(death.to, 1e11))
  end
  local dead = "WITH dead(pid, since, till) AS (VALUES " .. table.concat(values, ", ") .. ")"
  local found = lines(sql(dead .. " SELECT d.since || ' ' || extract(epoch FROM h.at)"
    .. " || ' ' || h.entry || ' ' || o.pid || ' ' || coalesce((SELECT pid FROM liangxin.owner t"
    .. " WHERE t.id = h.is_now), 0) FROM public.handed h"
    .. " JOIN liangxin.owner o ON o.id = h.was JOIN dead d ON d.pid = o.pid"
    .. " WHERE extract(epoch FROM h.at) BETWEEN d.since + 1 AND d.till"))
  for _, line in ipairs(found) do
    local since, at, entry, pid, by = line:match("^(%S+) (%S+) (%d+) (%d+) (%d+)$")
    since, at = tonumber(since), tonumber(at)
    local from, allowed = begin_of(outages, since, at)
    local took = at - from
    seconds[#seconds + 1] = took
    late = math.max(late, loop.lateness(from, at))
    if took > allowed + loop.lateness(from, at) then
      over[#over + 1] = ("entry %s of %s, by %s: %.1f s"):format(entry, pid, by, took)
    end
  end
  table.sort(seconds)
  local kept = sql(dead .. " SELECT count(*) FROM liangxin.entry e JOIN liangxin.owner o ON o.id = e.owner"
    .. " JOIN dead d ON d.pid = o.pid AND d.till > 1e10 WHERE e.state IN ('planned', 'sending', 'accepted')")
  return { count = #seconds, median = seconds[math.ceil(#seconds / 2)] or 0, worst = seconds[#seconds] or 0,
    over = over, late = late, kept = tonumber(kept) }
end

return M
