-- gathering.lua: waits for the next one to end of a set of tasks and jobs, again
-- and again. It stays attached to them from one wait to the next, so that a loop
-- over a long list costs a constant per end.
--
-- To its entries it is a waiter, to the scheduler a waitable: it ends each time
-- that one of them ends.

local kinds = require "liangxin.async.kinds"
local pairs = require("liangxin.walk").pairs

local M = {}

local SHORT = 256 -- entries of a list that are compared each time

local Gathering = {}
Gathering.__index = Gathering

--- One without entries.
function M.new(scheduler)
  return setmetatable({
    _scheduler = scheduler,
    counts = {}, -- by entry: how often it stands in the list
    attached = {}, -- by entry: whether its end arrives here
    failures = {}, -- by entry: why it cannot be watched
    resting = {}, -- entries to attach again at the next wait
    queue = {}, -- entries that ended, oldest first
    first = 1,
    last = 0,
    seen = {}, -- the list of wait_any as it was, of `n` entries
    n = 0,
    places = {}, -- by entry: where it stood when the list was read
    at = nil, -- where the entry stood that was given last
    list = nil, -- the list of wait_any
    is_new = false, -- it has not been looked at
  }, Gathering)
end

-- The scheduler calls this for an entry that has ended or paused.
function Gathering:gather(entry)
  self.attached[entry] = nil
  self.last = self.last + 1
  self.queue[self.last] = entry
  self._scheduler:finish(self)
end

-- Wait for the entry's end.
local function attach(self, entry)
  if self.attached[entry] then
    return
  end
  local err = kinds.prepare(entry)
  if err then
    self.failures[entry] = err -- the client is closed, say
  end
  self.attached[entry] = true
  if err or kinds.has_ended(entry) then
    self:gather(entry)
  else
    self._scheduler:attach(entry, self)
  end
end

--- One more place for `entry`.
function Gathering:add(entry)
  self.counts[entry] = (self.counts[entry] or 0) + 1
  attach(self, entry)
end

--- One place less.
function Gathering:remove(entry)
  local count = self.counts[entry] - 1
  self.counts[entry] = count > 0 and count or nil
  if count == 0 and self.attached[entry] then
    self.attached[entry] = nil
    self._scheduler:detach(entry, self)
  end
end

--- Take back what is left of it from all entries.
function Gathering:release()
  for entry in pairs(self.attached) do
    self._scheduler:detach(entry, self)
  end
  self.attached, self.counts = {}, {}
end

local function pop(self)
  self.queue[self.first] = nil
  self.first = self.first + 1
end

--- The entry that has news and has waited longest, nil when there is none. It
--- stays the first until it is removed, or taken.
function Gathering:peek()
  while self.first <= self.last do
    local entry = self.queue[self.first]
    local is_wanted = self.counts[entry] ~= nil
    if is_wanted and (self.failures[entry] or kinds.has_news(entry)) then
      return entry
    end
    pop(self)
    if is_wanted then -- another wait has resumed the watching
      attach(self, entry)
    end
  end
  return nil
end

--- The same, once for each end.
function Gathering:take()
  local entry = self:peek()
  if entry then
    pop(self)
  end
  return entry
end

--- First value and error of an entry that peek or take gave.
function Gathering:outcome(entry)
  local err = self.failures[entry]
  if err then
    self.failures[entry] = nil
    return nil, err
  end
  return kinds.end_of_wait(entry, "done")
end

-- The list of wait_any ---------------------------------------------------------

-- What callers do with an entry that ended: remove it, put the last one in its
-- place, or another one. Follow them, so that the comparison finds no difference.
local function follow(self, list)
  local seen, n, at = self.seen, self.n, self.at
  local m = #list
  if not at or list[at] == seen[at] then
    return
  elseif m == n - 1 then
    self:remove(seen[at])
    if at < n and list[at] == seen[n] then
      seen[at], seen[n] = seen[n], nil
      self.places[seen[at]] = at
    else
      table.remove(seen, at)
    end
    self.n = m
  elseif m == n and kinds.of(list[at]) and kinds.client_of(list[at]) == self._scheduler.client then
    self:remove(seen[at])
    seen[at] = list[at]
    self.places[seen[at]] = at
    self:add(seen[at])
  end
end

local function is_same(seen, list, n)
  for i = 1, n do
    if seen[i] ~= list[i] then
      return false
    end
  end
  return true
end

local function rebuild(self, list)
  local old, old_n = self.seen, self.n
  self.seen, self.n, self.places, self.at = {}, #list, {}, nil
  for i = 1, self.n do
    self.seen[i] = list[i]
    self.places[list[i]] = i
    self:add(list[i])
  end
  for i = 1, old_n do
    self:remove(old[i])
  end
end

local function wake_resting(self)
  local resting = self.resting
  self.resting = {}
  for i = 1, #resting do
    if self.counts[resting[i]] then
      attach(self, resting[i])
    end
  end
end

-- Where in the list the entry stands. Entries that were removed before it have
-- moved it towards the start, but past none that was before it.
local function find(self, entry)
  local seen, places = self.seen, self.places
  local place = places[entry]
  if seen[place] == entry then
    return place
  end
  local low, high = 1, math.min(place, self.n)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if places[seen[middle]] < place then
      low = middle + 1
    else
      high = middle
    end
  end
  if seen[low] == entry then
    return low
  end
  for i = 1, self.n do
    if seen[i] == entry then
      return i
    end
  end
  return nil
end

-- Whether an entry that has news stands in the list where it stood: then it is
-- the answer, whatever else was changed there.
local function has_answer(self, list)
  local entry = self:peek()
  local place = entry and find(self, entry)
  return place and list[place] == entry
end

--- A wait for `list` begins. Of one that was not seen before every entry is looked at.
function Gathering:begin(list)
  self.is_new, self.list = self.list ~= list, list
end

--- Gather what is in `list` now. `check(list)` raises when it holds anything but
--- tasks and jobs; not called when nothing has changed. Of a long list only what
--- callers do with an entry that ended is seen, unless `is_thorough`: to compare
--- all of it with each end costs the square of its length. True when it is all
--- seen.
function Gathering:follow_list(list, check, is_thorough)
  follow(self, list)
  local n = self.n
  local is_new = self.is_new
  is_thorough = is_thorough or is_new or n <= SHORT or self:peek() ~= nil
  if n ~= #list or is_thorough and not (not is_new and has_answer(self, list) or is_same(self.seen, list, n)) then
    check(list)
    rebuild(self, list)
    is_thorough = true
  end
  self.is_new = false
  if self.resting[1] then
    wake_resting(self)
  end
  return is_thorough
end

--- index, value, err of an entry that has news; nothing when none has. An ended
--- one is given again until it leaves the list.
function Gathering:first_of_list()
  local entry = self:peek()
  if not entry then
    return nil
  end
  self.at = find(self, entry)
  if not kinds.has_ended(entry) then
    self:take()
    self.resting[#self.resting + 1] = entry
  end
  return self.at, self:outcome(entry)
end

return M
