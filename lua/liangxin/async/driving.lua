-- driving.lua: the methods with which a host drives a client from its own loop:
-- stepping, the descriptor, counters, closing.

local core = require "liangxin.core"
local durations = require "liangxin.durations"
local errors = require "liangxin.errors"
local task_module = require "liangxin.task"
local usage = require "liangxin.usage"
local pairs = require("liangxin.walk").pairs

local M = {}
local Driving = {}

--- Give a client's class these methods.
function M.install(class)
  for name, method in pairs(Driving) do
    class[name] = method
  end
end

local function check_self(client)
  if type(client) ~= "table" or not client._scheduler then
    usage.raise("call methods of a client with a colon: client:generate(...), not client.generate(...)")
  end
end

--- Whether the client can be used: true, or nil, err after a fork or, when
--- the call is going to wait (`how` is true or "explicit"), when the calling
--- job is cancelled. Raises when the client is closed or no wait is possible.
function M.enter(client, how)
  check_self(client)
  local scheduler = client._scheduler
  if scheduler.closed then
    local text = usage.where() .. "attempt to use a closed client"
    local job = scheduler:current()
    if job then
      job._closed_text = text
    end
    error(text, 0)
  elseif client._handle:is_forked() then
    return nil, errors.local_end("forked")
  elseif how then
    return scheduler:may_wait(how)
  end
  return true
end

-- The host's loop --------------------------------------------------------------

local function refuse_in_job(client, name)
  if client._scheduler:current() then
    usage.raise("client:%s cannot be called inside a job; use a wait or client:sleep", name)
  end
end

--- Deliver what has happened; never blocks. The number of events.
function Driving:step(budget)
  usage.check_timeout(budget, "client:step: budget")
  local scheduler = type(self) == "table" and self._scheduler
  if scheduler and scheduler:is_quiet() then
    return 0
  end
  local ok, err = M.enter(self)
  refuse_in_job(self, "step")
  if not ok then
    return nil, err
  end
  return self._scheduler:step(budget)
end

--- Block until something happened, the timeout or a signal, then step.
function Driving:poll(timeout)
  local ok, err = M.enter(self)
  usage.check_timeout(timeout, "client:poll: timeout")
  refuse_in_job(self, "poll")
  if not ok then
    return nil, err
  end
  local scheduler = self._scheduler
  -- With nothing under way there is nothing to wait for without a timeout.
  if not scheduler:has_work() and (timeout or scheduler.open > 0) then
    self._handle:poll(timeout)
  end
  return scheduler:step()
end

--- A descriptor that is readable when step() has something to do.
function Driving:fd()
  local ok, err = M.enter(self)
  if not ok then
    return nil, err
  end
  local fd = self._handle:fd()
  if self._scheduler:has_work() then
    self._handle:signal()
  end
  return fd
end

Driving.pollfd = Driving.fd
Driving.getfd = Driving.fd

--- What to poll the descriptor for (cqueues).
function Driving:events()
  M.enter(self)
  return "r"
end

--- Seconds after which to step even if the descriptor stays quiet (cqueues).
function Driving:timeout()
  local ok = M.enter(self)
  return ok and self._scheduler:has_work() and 0 or nil
end

--- Whether there is something to do without asking the descriptor (luasocket).
function Driving:dirty()
  local ok = M.enter(self)
  return ok == true and self._scheduler:has_work()
end

--- How much is open: tasks watched, creates, queries, downloads, timers, jobs,
--- and coroutines of the host's that wait.
function Driving:pending()
  local ok, err = M.enter(self)
  if not ok then
    return nil, err
  end
  local scheduler = self._scheduler
  return scheduler.open - self._given_up + scheduler.job_count + scheduler.host_count
end

--- Counters, tasks by state, and what was learned about durations.
function Driving:stats()
  local ok, err = M.enter(self)
  if not ok then
    return nil, err
  end
  local scheduler = self._scheduler
  local stats = self._handle:stats()
  stats.jobs = scheduler.job_count
  stats.tasks = {}
  for _, op in pairs(scheduler.ops) do
    if getmetatable(op) == task_module.class then
      local state = op.state or op._phase
      stats.tasks[state] = (stats.tasks[state] or 0) + 1
    end
  end
  stats.durations = self._handle:durations()
  return stats
end

-- The end ----------------------------------------------------------------------

-- A task whose create is under way.
local function find_creating(scheduler)
  for _, op in pairs(scheduler.ops) do
    if getmetatable(op) == task_module.class and not op.id then
      return op
    end
  end
  return nil
end

-- Wait for responses to creates already sent, so that no paid task is lost. In a
-- job this waits beside the others; elsewhere it blocks.
local function await_creates(client, timeout)
  local scheduler, handle = client._scheduler, client._handle
  local limit = core.now() + timeout
  local timer = scheduler:current() and scheduler:timer(timeout)
  local op = find_creating(scheduler)
  while op and not scheduler.closed and core.now() < limit do
    if timer then
      op._birth = op._birth or {}
      if scheduler:wait(op._birth, timer, "shielded") ~= "done" then
        break
      end
    else
      handle:poll(math.max(0, limit - core.now()))
      scheduler:deliver()
    end
    op = find_creating(scheduler)
  end
  if timer and not scheduler.closed then
    scheduler:abandon(timer)
  end
end

-- Few programs look at what close returns: the failure goes to stderr, too.
local function save_durations(client)
  local options = client._options
  local kept, err = durations.save(options.durations, options.base_url,
    client._handle:saved_durations(), client._learned)
  if not kept then
    io.stderr:write("liangxin: ", tostring(err), "\n")
  end
  return kept, err
end

--- Stop. Every open wait ends with kind closed before this returns. With a
--- timeout, waits for responses to creates already sent first. Twice is fine.
function Driving:close(timeout)
  check_self(self)
  usage.check_timeout(timeout, "client:close: timeout")
  local scheduler, handle = self._scheduler, self._handle
  if scheduler.closed then
    return true
  end
  local kept, err = true, nil
  self._is_closing = true
  if self._listening then
    self._listening:stop()
  end
  if not handle:is_forked() then
    scheduler:deliver()
    if timeout and timeout > 0 then
      await_creates(self, timeout)
    end
    if not scheduler.closed then
      handle:stop()
      kept, err = save_durations(self)
      scheduler:deliver() -- the last events, perhaps a task's id
    end
  end
  if self._loop then
    self._loop:stop() -- a loop must not watch a descriptor that is closed
  end
  if not scheduler.closed then
    scheduler:close()
    handle:close()
  end
  scheduler:raise_kept()
  return kept, err
end

return M
