-- combine.lua: waiting for several tasks and jobs at once.

local core = require "liangxin.core"
local errors = require "liangxin.errors"
local gathering_module = require "liangxin.async.gathering"
local kinds = require "liangxin.async.kinds"
local usage = require "liangxin.usage"

local M = {}

local function check_list(client, list, what)
  if type(list) ~= "table" then
    usage.raise("%s: the list must be a table of tasks and jobs, not %s", what, type(list))
  end
  for i = 1, #list do
    local entry = list[i]
    if not kinds.of(entry) then
      usage.raise("%s: entry %d is neither a task nor a job", what, i)
    elseif kinds.client_of(entry) ~= client then
      usage.raise("%s: entry %d belongs to another client", what, i)
    end
  end
end

--- values, errors: for each entry its (first) value or nil, its error or nil.
function M.wait_all(client, list, timeout)
  check_list(client, list, "client:wait_all")
  local scheduler = client._scheduler
  local values, failures = {}, {}
  local cut, cause, timer
  local ok, err = scheduler:may_wait(true)
  if not ok then
    cut, cause = "cancelled", err
  elseif timeout then
    timer, cut = scheduler:timer(timeout)
  end
  for i = 1, #list do
    local entry = list[i]
    failures[i] = not kinds.has_ended(entry) and kinds.prepare(entry) or nil
  end
  for i = 1, #list do
    local entry = list[i]
    if kinds.has_ended(entry) then
      values[i], failures[i] = kinds.outcome(entry)
    elseif not failures[i] then
      local why, what = cut, cause
      if not why and kinds.has_news(entry) then
        why = "done"
      elseif not why then
        kinds.prepare(entry) -- a job that was cancelled may have stopped its watching
        why, what = scheduler:wait(entry, timer)
        if why ~= "done" and why ~= "timeout" then
          cut, cause = why, what
        end
      end
      values[i], failures[i] = kinds.end_of_wait(entry, why, what, timeout)
    end
  end
  if timer then
    scheduler:abandon(timer)
  end
  return values, failures
end

-- The first to end -------------------------------------------------------------

-- The gathering of the list that was waited for last stays for the next wait.
local function gathering_of(scheduler, list)
  local kept = scheduler.gathering
  if kept and kept.list == list then
    return kept
  end
  local gathering = gathering_module.new(scheduler)
  gathering.list = list
  if kept and kept._waiters then
    return gathering, true -- another job waits with the kept one
  elseif kept then
    kept:release()
  end
  scheduler.gathering = gathering
  return gathering
end

local function wait_first(client, gathering, list, timeout)
  local scheduler = client._scheduler
  local limit = timeout and core.now() + timeout
  local function check(given)
    check_list(client, given, "client:wait_any")
  end
  while true do
    gathering:follow_list(list, check)
    if #list == 0 then
      usage.raise("client:wait_any: the list is empty")
    end
    local index, value, err = gathering:first_of_list()
    if index then
      return index, value, err
    end
    local why, cause = scheduler:wait(gathering, limit and math.max(0, limit - core.now()))
    if why == "timeout" then
      return nil, nil, errors.out_of_time("no entry of the list: each", timeout)
    elseif why ~= "done" then
      return nil, nil, why == "cancelled" and cause or errors.local_end(why)
    end
  end
end

--- index, value, err of the first entry that ends.
function M.wait_any(client, list, timeout)
  if type(list) ~= "table" then
    check_list(client, list, "client:wait_any")
  end
  local gathering, is_temporary = gathering_of(client._scheduler, list)
  local index, value, err = wait_first(client, gathering, list, timeout)
  if is_temporary then
    gathering:release()
  end
  return index, value, err
end

-- All as they end --------------------------------------------------------------

-- Where each entry stands: its first place by entry, the next place by place.
local function places_of(list)
  local first, following = {}, {}
  for i = #list, 1, -1 do
    following[i] = first[list[i]]
    first[list[i]] = i
  end
  return first, following
end

--- An iterator: index, value, err of each entry, once, as they end. When the
--- wait is cut short the rest follows in the list's order, each with that error.
function M.as_completed(client, list)
  check_list(client, list, "client:as_completed")
  local scheduler = client._scheduler
  local gathering = gathering_module.new(scheduler)
  local entries, count = {}, #list
  for i = 1, count do
    entries[i] = list[i]
  end
  local first, following = places_of(entries)
  for i = 1, count do
    if first[entries[i]] == i then
      gathering:add(entries[i])
    end
  end
  local given, same, value, err = 0, nil, nil, nil
  local cut, cause, rest

  local function next_in_order()
    rest = (rest or 0) + 1
    while not first[entries[rest]] do
      rest = rest + 1
    end
    return entries[rest]
  end

  local function next_ended()
    local entry = not cut and gathering:take()
    while not entry and not cut do
      local why, what = "closed", nil
      if not scheduler.closed then
        why, what = scheduler:wait(gathering)
      end
      if why ~= "done" then
        cut, cause = why, what
        gathering:release()
      else
        entry = gathering:take()
      end
    end
    if entry then
      return entry, gathering:outcome(entry)
    end
    entry = next_in_order()
    return entry, kinds.end_of_wait(entry, cut, cause)
  end

  return function()
    if given == count then
      return nil
    end
    given = given + 1
    if not same then
      local entry
      entry, value, err = next_ended()
      same = first[entry]
      first[entry] = nil
    end
    local index = same
    same = following[index]
    return index, value, err
  end
end

return M
