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

-- The gathering of the list that was waited for last stays for the next wait, also
-- for a new list: it has mostly the same entries. And whether it is for this wait only.
local function gathering_of(scheduler, list)
  local kept = scheduler.gathering
  if kept and kept.list ~= list and kept._waiters then
    return gathering_module.new(scheduler), true -- another job waits with the kept one
  elseif not kept then
    kept = gathering_module.new(scheduler)
    scheduler.gathering = kept
  end
  return kept, false
end

-- How long a wait for a long list goes on before it looks for what the caller
-- has changed in it.
local PAUSE = 0.02 -- s

local function wait_first(client, gathering, list, timeout)
  local scheduler = client._scheduler
  local limit = timeout and core.now() + timeout
  local function check(given)
    check_list(client, given, "client:wait_any")
  end
  local is_thorough = false
  gathering:begin(list)
  while true do
    is_thorough = gathering:follow_list(list, check, is_thorough)
    if #list == 0 then
      usage.raise("client:wait_any: the list is empty")
    end
    local index, value, err = gathering:first_of_list()
    if index then
      return index, value, err
    end
    local left = limit and math.max(0, limit - core.now())
    local pause = not is_thorough and PAUSE < (left or 1) and PAUSE
    local why, cause = scheduler:wait(gathering, pause or left)
    if why == "timeout" and pause then
      is_thorough = true
    elseif why == "timeout" then
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

local Ends = {}
Ends.__index = Ends

local function new_ends(scheduler, list)
  local gathering, entries = gathering_module.new(scheduler), {}
  for i = 1, #list do
    entries[i] = list[i]
  end
  local first, following = places_of(entries)
  for i = 1, #entries do
    if first[entries[i]] == i then
      gathering:add(entries[i])
    end
  end
  return setmetatable({
    scheduler = scheduler,
    gathering = gathering,
    entries = entries,
    first = first, -- of the entries that have not been given
    following = following,
    given = 0,
    place = nil, -- the next place of the entry that was given last
    value = nil,
    err = nil,
    cut = nil, -- why the wait was cut short, and the cause
    cause = nil,
    rest = 0, -- after that: the place that was given last
  }, Ends)
end

-- The next entry that ends; nil when the wait was cut short.
function Ends:await()
  local entry = not self.cut and self.gathering:take()
  while not entry and not self.cut do
    local why, cause = "closed", nil
    if not self.scheduler.closed then
      why, cause = self.scheduler:wait(self.gathering)
    end
    if why == "done" then
      entry = self.gathering:take()
    else
      self.cut, self.cause = why, cause
      self.gathering:release()
    end
  end
  return entry or nil
end

-- An entry that has not been given, its value and its error.
function Ends:next_entry()
  local entry = self:await()
  if entry then
    return entry, self.gathering:outcome(entry)
  end
  repeat
    self.rest = self.rest + 1
    entry = self.entries[self.rest]
  until self.first[entry]
  return entry, kinds.end_of_wait(entry, self.cut, self.cause)
end

function Ends:next()
  if self.given == #self.entries then
    return nil
  end
  self.given = self.given + 1
  if not self.place then
    local entry
    entry, self.value, self.err = self:next_entry()
    self.place, self.first[entry] = self.first[entry], nil
  end
  local place = self.place
  self.place = self.following[place]
  return place, self.value, self.err
end

--- An iterator: index, value, err of each entry, once, as they end. When the
--- wait is cut short the rest follows in the list's order, each with that error.
function M.as_completed(client, list)
  check_list(client, list, "client:as_completed")
  local ends = new_ends(client._scheduler, list)
  return function()
    return ends:next()
  end
end

return M
