-- waiting.lua: the scheduler's methods for waiting. A *waitable* is any table
-- that can end: a task, a job, a timer, a query. A *waiter* is one wait for
-- it: {job =} of a job, {wait =, wake =} of a loop adapter, {} of the main
-- chunk. Ending a waitable only marks its waiters and queues them.

local context = require "liangxin.async.context"
local errors = require "liangxin.errors"
local job_module = require "liangxin.async.job"
local usage = require "liangxin.usage"

local STUCK = "this wait can never end: no task, timer or download is under way, "
  .. "and every job waits for another one or for something outside the client"

local set_status = job_module.set_status

local Waiting = {}

--- At the waitable's end wake `waiter`, or call its gather(waitable).
function Waiting.attach(_, waitable, waiter)
  local waiters = waitable._waiters
  if waiters then
    waiters[#waiters + 1] = waiter
  else
    waitable._waiters = { waiter }
  end
end

--- The opposite.
function Waiting.detach(_, waitable, waiter)
  local waiters = waitable._waiters
  for i = waiters and #waiters or 0, 1, -1 do
    if waiters[i] == waiter then
      table.remove(waiters, i)
    end
  end
  if waiters and #waiters == 0 then
    waitable._waiters = nil
  end
end

local function link(head, waiter)
  local last = head.before or head
  waiter.before, waiter.after = last, head
  last.after, head.before = waiter, waiter
end

local function unlink(waiter)
  waiter.before.after, waiter.after.before = waiter.after, waiter.before
  waiter.before, waiter.after = nil, nil
end

--- End a waiter: why is "done", "cancelled" or "closed"; cause is what ended.
function Waiting:wake(waiter, why, cause)
  if waiter.why then
    return
  end
  waiter.why, waiter.cause = why, cause
  unlink(waiter)
  if waiter.job or waiter.wake then
    self:push(waiter)
  end
end

--- A waitable has ended: wake all its waiters. True when any of them waits for
--- it alone.
function Waiting:finish(waitable)
  local waiters = waitable._waiters
  if not waiters then
    return false
  end
  waitable._waiters = nil
  local is_received = false
  for i = 1, #waiters do
    local waiter = waiters[i]
    if waiter.gather then
      waiter:gather(waitable)
    else
      is_received = true
      self:wake(waiter, "done", waitable)
    end
  end
  return is_received
end

-- The first wait of a cancelled job returns the error; the next one raises it.
local function interrupted(job)
  if not job._cancel then
    return false
  end
  if job._told then
    error(job._cancel, 0)
  end
  job._told = true
  return true
end

--- Before anything is sent for a wait: true, or nil, err when the calling job
--- was cancelled. Raises where no wait is possible.
function Waiting:may_wait(how)
  local job = context.check(self, how)
  if job and interrupted(job) then
    return nil, job._cancel
  end
  return true
end

local function park(self, waiter)
  local job = waiter.job
  link(self.parked, waiter)
  if job then
    job._waiter = waiter
    set_status(job, "waiting")
    repeat
      coroutine.yield()
    until waiter.why
    job._waiter = nil
    set_status(job, "running")
  elseif waiter.wait then
    self.host_count = self.host_count + 1
    while not waiter.why do
      waiter.wait()
    end
  else
    self:block(waiter)
  end
end

-- What was raised during a wait of the main chunk (usually by Ctrl-C) belongs to
-- that wait; the waitable adds what it was about.
local function break_off(waitable, waiter)
  local raised = waiter.cause
  if type(raised) == "string" then
    raised = waitable._interrupt and waitable:_interrupt(raised) or errors.broken_off(raised)
  end
  error(raised, 0)
end

-- A waiter for this place and the timer of `limit`; or nil, why, cause when
-- there is no need to wait.
local function prepare(self, limit, how)
  if not self.closed and self.handle:is_forked() then
    return nil, "forked"
  end
  local waiter = context.waiter(self, how)
  local job = waiter.job
  if job and how ~= "shielded" and interrupted(job) then
    return nil, "cancelled", job._cancel
  end
  local timer = limit
  if type(limit) == "number" then
    local kind
    timer, kind = self:timer(limit)
    if not timer then
      return nil, kind
    end
  end
  if timer and timer.fired then
    return nil, "timeout"
  end
  return waiter, timer
end

-- `timer` may be nil; one that was made for this wait goes with it.
local function park_with(self, waiter, timer, limit)
  if not timer then
    return park(self, waiter)
  end
  self:attach(timer, waiter)
  park(self, waiter)
  self:detach(timer, waiter)
  if timer ~= limit then
    self:abandon(timer)
  end
end

--- Wait until `waitable` ends. Returns "done" and the waitable; "timeout"
--- (after `limit`: seconds, a timer, or nil); "cancelled" and the job's error;
--- "closed"; "forked". how == "explicit": the wait may block a host that has a
--- loop. "shielded": the same, and it cannot be cancelled.
function Waiting:wait(waitable, limit, how)
  local waiter, timer, cause = prepare(self, limit, how)
  if not waiter then
    return timer, cause
  end
  waiter.on = waitable
  self:attach(waitable, waiter)
  park_with(self, waiter, timer, limit)
  if waiter.cause ~= waitable then -- else its end has detached all waiters
    self:detach(waitable, waiter)
  end
  if waiter.why == "broken" then
    break_off(waitable, waiter)
  end
  return self:end_of(waiter, timer, how)
end

--- What a wait that has ended returns.
function Waiting.end_of(_, waiter, timer, how)
  local job, why = waiter.job, waiter.why
  if why == "stuck" then
    usage.raise(STUCK)
  elseif why == "cancelled" then
    if how ~= "shielded" then
      job._told = true
    end
    return why, job._cancel
  elseif why == "done" and waiter.cause == timer then
    return "timeout"
  end
  return why, waiter.cause
end

-- Deliver for everybody until the main chunk's waiter has ended.
local function deliver_until(self, waiter)
  self:drain()
  while not waiter.why do
    if self.closed then
      -- Close ended the other waits while this one was delivering.
      self:wake(waiter, "closed")
    elseif self.handle:is_forked() then
      self:wake(waiter, "forked")
    elseif self.open == 0 and self.handle:is_quiet() then
      self:wake(waiter, "stuck")
    else
      -- Returns early on a signal, so that Lua sees a Ctrl-C at once.
      self.handle:poll()
      self:deliver(nil, waiter)
    end
  end
end

--- The main chunk waits.
function Waiting:block(waiter)
  local was_draining = self.draining
  self.draining = false
  local ok, raised = pcall(deliver_until, self, waiter)
  self.draining = was_draining
  if not ok then
    if waiter.why then
      error(raised, 0) -- the wait has ended already
    end
    self:wake(waiter, "broken", raised)
  end
  if self:has_work() then
    self:signal() -- the rest is for whoever polls the descriptor
  end
end

--- End every wait with kind `closed` and run the jobs that this resumes, also
--- from inside a job. The core has stopped already.
function Waiting:close()
  self.closed = true
  local head = self.parked
  -- Also those that are shielded: the jobs that they wait for end now, too.
  while head.after and head.after ~= head do
    self:wake(head.after, "closed")
  end
  self.ops, self.open = {}, 0
  local was_draining = self.draining
  self.draining = false
  self:drain()
  self.draining = was_draining
end

return Waiting
