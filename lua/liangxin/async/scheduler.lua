-- scheduler.lua: delivers events of the core to those who wait for them, and runs
-- jobs. One per client, on the host's thread. Knows jobs and waits, not what an
-- operation is about.
--
-- Jobs and waiters that are ready stand in one queue, which only the outermost
-- call drains: a job never resumes another one from inside itself, so stacks
-- stay flat.

local core = require "liangxin.core"
local job_module = require "liangxin.async.job"
local operations = require "liangxin.async.operations"
local waiting = require "liangxin.async.waiting"
local pairs = require("liangxin.walk").pairs

local set_status = job_module.set_status

local NESTING_MAX = 16 -- jobs started from inside jobs before one has to queue

local Scheduler = {}
Scheduler.__index = Scheduler
for _, methods in ipairs { operations, waiting } do
  for name, method in pairs(methods) do
    Scheduler[name] = method
  end
end

local M = {}

--- A scheduler over the core's `handle` for `client`.
function M.new(handle, client)
  return setmetatable({
    handle = handle,
    client = client,
    ops = {}, -- by slot or number: the receivers of the core's events
    open = 0, -- count of `ops`, but for those that are only expected
    numbered = 0, -- operations so far
    slots = 0, -- in use or vacant
    vacant = {}, -- a stack of those
    vacant_count = 0,
    jobs = {}, -- by coroutine: those that have not ended
    job_count = 0,
    ready = {}, -- FIFO of waiters that ended and jobs that have not begun
    ready_first = 1,
    ready_last = 0,
    parked = {}, -- head of a ring of all waiters that wait
    kept = {}, -- errors that nobody has been given yet
    host_count = 0, -- coroutines of the host that wait
    depth = 0,
    draining = false,
    closed = false,
  }, Scheduler)
end

-- Timers ---------------------------------------------------------------------

local Timer = {}
Timer.__index = Timer

function Timer:_on_timer()
  self.fired = true
  self._scheduler:release(self)
  self._scheduler:finish(self)
end

--- A waitable that ends after `seconds`; nil, kind when there can be none.
function Scheduler:timer(seconds)
  local timer = setmetatable({ _scheduler = self }, Timer)
  local ok, kind = self:submit(timer, "timer", seconds)
  if not ok then
    return nil, kind
  end
  return timer
end

-- Jobs -----------------------------------------------------------------------

function Scheduler:push(entry)
  self.ready_last = self.ready_last + 1
  self.ready[self.ready_last] = entry
end

-- One slice of a job, from a wait to the next or to its end.
local function resume(self, job, ...)
  self.depth = self.depth + 1
  local ok, raised = coroutine.resume(job._co, ...)
  self.depth = self.depth - 1
  if not ok then
    job_module.fail(job, raised)
  elseif job.status == "running" then
    set_status(job, "waiting") -- it yielded to the host, not to a wait
  end
end

local function run_entry(self, entry)
  local start = entry._start
  if start then
    entry._start = nil
    if not entry._cancel then
      return resume(self, entry, entry, job_module.unpack(start, 1, start.n))
    end
    return job_module.fail(entry, entry._cancel)
  end
  local job = entry.job
  if job and job._waiter == entry then
    resume(self, job)
  elseif entry.wake then
    self.host_count = self.host_count - 1
    local ok, raised = pcall(entry.wake)
    if not ok then
      self:keep(raised, "wake of client.park")
    end
  end
end

local function drain_ready(self, limit)
  local ready = self.ready
  while self.ready_first <= self.ready_last do
    local entry = ready[self.ready_first]
    ready[self.ready_first] = nil
    self.ready_first = self.ready_first + 1
    run_entry(self, entry)
    if limit and core.now() >= limit then
      break
    end
  end
  if self.ready_first > self.ready_last then
    self.ready_first, self.ready_last = 1, 0
  end
end

--- Run what is ready. Stops when the clock passes `limit` (may be nil).
--- Does nothing inside another drain, which goes on to it.
function Scheduler:drain(limit)
  if not self.draining and self.ready_first <= self.ready_last then
    self:outermost(drain_ready, limit)
  end
end

--- Run fn(self, ...) as the outermost call: what it makes ready stays queued
--- until it returns, also when it raises (out of memory).
function Scheduler:outermost(fn, ...)
  local was_draining, depth = self.draining, self.depth
  self.draining = true
  local ok, raised = pcall(fn, self, ...)
  self.draining, self.depth = was_draining, depth
  if not ok then
    error(raised, 0)
  end
end

--- Start a job running fn(...). At once, unless jobs are nested too deep.
function Scheduler:spawn(scope, fn, ...)
  local job = job_module.new(self, scope)
  job._start = { n = select("#", ...) + 1, fn, ... }
  if self.depth >= NESTING_MAX then
    self:push(job)
    return job
  end
  self:outermost(run_entry, job)
  self:drain()
  return job
end

--- Run a function of the user in a job of its own. `name` describes it in
--- messages. At its end, after(subject, job) is called; what the function raised
--- is job._raised, and is kept for the host unless `after` returns true.
function Scheduler:callback(name, subject, after, fn, ...)
  if self.closed then
    return
  end
  local job = job_module.new(self, nil)
  job._callback_name = name
  job._subject, job._after = subject, after
  self:outermost(resume, job, job, fn, ...)
end

--- The job that is running here, nil outside of jobs.
function Scheduler:current()
  local co = coroutine.running()
  return co and self.jobs[co]
end

-- Errors that nobody waits for -----------------------------------------------

-- Call the option on_error; what that raises, the next step raises.
local function tell_host(self, entry)
  local function raised(value)
    self.kept[#self.kept + 1] = { value = value, is_final = true }
  end
  if self.closed then
    local ok, value = pcall(self.on_error, entry.value, entry.where)
    if not ok then
      raised(value)
    end
    return
  end
  self:callback("on_error", nil, function(_, job)
    if job.status == "failed" then
      raised(job._raised)
    end
    return true
  end, self.on_error, entry.value, entry.where)
end

--- Keep a raised value that nobody else gets. `where` describes what raised it.
--- `job`: the job, for which others may still wait; nil for a callback.
function Scheduler:keep(value, where, job)
  local entry = { value = value, where = where, job = job }
  if not job and self.on_error then
    tell_host(self, entry)
  else
    self.kept[#self.kept + 1] = entry
    self:signal()
  end
end

--- Make the descriptor readable, so that its watcher steps.
function Scheduler:signal()
  if not self.closed then
    self.handle:signal()
  end
end

--- Give what was kept, and not observed since, to on_error; without one, raise
--- the oldest.
function Scheduler:raise_kept()
  local kept = self.kept
  while kept[1] do
    local entry = table.remove(kept, 1)
    if kept[1] then
      self:signal() -- what is raised here leaves the rest
    end
    if entry.is_final then
      error(entry.value, 0)
    elseif entry.job and entry.job._is_observed then -- luacheck: ignore 542
      -- a waiter of the job has it
    elseif self.on_error then
      tell_host(self, entry)
    else
      error(entry.value, 0)
    end
  end
end

-- Events ---------------------------------------------------------------------

local METHODS = {
  created = "_on_created",
  state = "_on_state",
  ended = "_on_ended",
  record = "_on_record",
  timer = "_on_timer",
  progress = "_on_progress",
  downloaded = "_on_downloaded",
  answer = "_on_answer",
  posted = "_on_posted",
}

--- Deliver events and run what they make ready, until there are none, the clock
--- passes `limit`, or `waiter` has ended. Returns the number of events.
function Scheduler:deliver(limit, waiter)
  local handle, count = self.handle, 0
  local next_event = handle.next
  while not self.closed do
    local kind, id, a, b, c, d, e, f = next_event(handle)
    if not kind then
      break
    end
    count = count + 1
    local op = self:find(id)
    if op then
      op[METHODS[kind]](op, a, b, c, d, e, f)
    elseif kind == "log" and self.on_log then
      self:callback("on_log", nil, nil, self.on_log, a)
    end
    if self.ready_first <= self.ready_last then
      self:drain(limit)
    end
    if waiter and waiter.why or limit and core.now() >= limit then
      break
    end
  end
  return count
end

--- Deliver without blocking. With `budget` seconds the rest stays for later.
function Scheduler:step(budget)
  local limit = budget and core.now() + budget
  local count
  self:drain(limit)
  if limit and self.ready_first <= self.ready_last then
    count = 0
  else
    count = self:deliver(limit)
  end
  if limit and self:has_work() then
    self:signal()
  end
  self:raise_kept()
  return count
end

--- Whether a step has nothing to do and nothing to raise, in a client that is
--- open and not forked, outside of its jobs. Most frames need only this check,
--- and a frame leaves the processor's caches cold: it touches little memory.
function Scheduler:is_quiet()
  return self.ready_first > self.ready_last and self.depth == 0 and not self.closed
    and not self.kept[1] and self.handle:is_quiet()
end

--- Whether a step would find something to do.
function Scheduler:has_work()
  return self.ready_first <= self.ready_last or self.kept[1] ~= nil or not self.handle:is_quiet()
end

return M
