-- job.lua: a function of the user's in a coroutine, and the scope that jobs
-- under one `run` or `map` share. The scheduler resumes; this file knows how a
-- job ends and who gets its end.

local errors = require "liangxin.errors"
local usage = require "liangxin.usage"

local M = {}

local Job = { __name = "liangxin.async.job" }
Job.__index = Job
M.class = Job

local unpack = table.unpack or unpack
M.unpack = unpack

-- job.status, and what may follow:
local NEXT = {
  running = { waiting = true, done = true, failed = true, cancelled = true },
  -- a host may resume it by itself: then it ends, or waits again, from here
  waiting = { running = true, waiting = true, done = true, failed = true, cancelled = true },
  done = {},
  failed = {},
  cancelled = {},
}

--- The one place where a job's status changes.
function M.set_status(job, status)
  if not NEXT[job.status][status] then
    error("a job cannot change its status like this")
  end
  job.status = status
end

-- Scopes ---------------------------------------------------------------------

local Scope = {}
Scope.__index = Scope

--- A scope that no job has joined yet. It is a waitable: it ends when the last
--- of its jobs does. `after_error`: "cancel" the others after the first error.
function M.new_scope(after_error)
  return setmetatable({
    open = 0,
    count = 0,
    jobs = {},
    after_error = after_error,
    cancelled = {}, -- what its cancelled jobs waited for, perhaps paid tasks
  }, Scope)
end

--- Cancel all its jobs but `spared`.
function Scope:cancel(spared)
  for i = 1, self.count do
    local job = self.jobs[i]
    if job and job ~= spared then
      local waitable = job._waiter and job._waiter.on
      if waitable and waitable._give_up then
        self.cancelled[#self.cancelled + 1] = waitable
      end
      M.cancel(job)
    end
  end
end

local function join(scope, job)
  scope.open = scope.open + 1
  scope.count = scope.count + 1
  scope.jobs[scope.count] = job
  job._scope, job._place = scope, scope.count
end

local function leave(scheduler, job)
  local scope = job._scope
  if not scope then
    return
  end
  scope.jobs[job._place] = nil
  scope.open = scope.open - 1
  if scope.open == 0 then
    scheduler:finish(scope)
  end
end

-- A job's life ---------------------------------------------------------------

-- Runs inside the job's coroutine, since a host may be the one that resumed it
-- last.
local function settle(job, ...)
  job._results = { n = select("#", ...), ... }
  M.conclude(job, job._cancel and "cancelled" or "done")
end

local function body(job, fn, ...)
  settle(job, fn(...))
end

--- A job in `scope` (may be nil) that has not begun.
function M.new(scheduler, scope)
  local job = setmetatable({ status = "running", _scheduler = scheduler }, Job)
  job._co = coroutine.create(body)
  scheduler.jobs[job._co] = job
  scheduler.job_count = scheduler.job_count + 1
  if scope then
    join(scope, job)
  end
  return job
end

-- What raised an error, for on_error: words for people, then the stack.
local function describe(job)
  return ("%s\n%s"):format(job._callback_name or "a job", job.traceback:match("stack traceback:.*$") or "")
end

--- The job has ended: wake its waiters, call its `after`, leave its scope.
function M.conclude(job, status)
  local scheduler = job._scheduler
  M.set_status(job, status)
  scheduler.jobs[job._co] = nil
  scheduler.job_count = scheduler.job_count - 1
  job._co, job._waiter = nil, nil
  if scheduler:finish(job) then
    job._is_observed = true
  end
  local has_owner = job._after and job._after(job._subject, job)
  if status == "failed" and job._callback_name and not has_owner then
    scheduler:keep(job._raised, describe(job))
  end
  leave(scheduler, job)
end

-- With the words of a raised table, unless its __tostring raises, too.
local function traceback(co, raised)
  local ok, text = pcall(tostring, raised)
  return debug.traceback(co, ok and text or type(raised))
end

local close_coroutine = rawget(coroutine, "close")

--- The job's function raised `raised` (or the job was never begun).
function M.fail(job, raised)
  local scheduler, co, scope = job._scheduler, job._co, job._scope
  if raised == job._cancel and raised ~= nil
    or raised == job._closed_text and raised ~= nil then
    job._cancel = job._cancel or errors.local_end("closed")
    return M.conclude(job, "cancelled")
  end
  job.traceback = traceback(co, raised)
  if close_coroutine then
    close_coroutine(co)
  end
  job._raised = raised
  local is_first = scope and not scope.has_failed
  if is_first then
    scope.has_failed, scope.raised = true, raised
  end
  if not scope and not job._callback_name then
    -- Before the waiters wake: one of them marks it as observed.
    scheduler:keep(raised, describe(job), job)
  end
  M.conclude(job, "failed")
  if is_first and scope.after_error == "cancel" then
    scope:cancel(job)
  end
end

--- Cancel `job`: its current wait ends now, the next one raises.
function M.cancel(job)
  if job._co == nil or job._cancel then
    return
  end
  job._cancel = errors.local_end("cancelled")
  if job._waiter then
    job._scheduler:wake(job._waiter, "cancelled")
  end
end

--- What waiting for an ended job gives.
function M.outcome(job)
  if job.status == "failed" then
    job._is_observed = true
    error(job._raised, 0)
  elseif job.status == "cancelled" then
    return nil, job._cancel
  end
  return unpack(job._results, 1, job._results.n)
end

--- Whether the job has ended.
function M.has_ended(job)
  return job._co == nil
end

-- Public ---------------------------------------------------------------------

--- Wait for the job's end: what its function returned, or nil, err. What the
--- function raised is raised here again, each time.
function Job:wait(timeout)
  usage.check_self(self, Job, "job:wait")
  usage.check_timeout(timeout, "job:wait: timeout")
  if self._co == nil then
    return M.outcome(self)
  end
  local scheduler = self._scheduler
  local ok, err = scheduler.client:_enter(true)
  if not ok then
    return nil, err
  end
  if scheduler:current() == self then
    usage.raise("a job cannot wait for itself")
  end
  local why, cause = scheduler:wait(self, timeout)
  if why == "done" then
    return M.outcome(self)
  elseif why == "timeout" then
    return nil, errors.out_of_time("the job", timeout)
  elseif why == "cancelled" then
    return nil, cause
  end
  return nil, errors.local_end(why)
end

--- Cancel the job: the wait it is in returns nil, err (kind cancelled) at once,
--- its next wait raises that error, so that loops end.
function Job:cancel()
  usage.check_self(self, Job, "job:cancel")
  M.cancel(self)
  self._scheduler:drain()
  return true
end

function Job:__tostring()
  return ("liangxin job (%s)"):format(self.status)
end

return M
