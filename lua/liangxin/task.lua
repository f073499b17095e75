-- task.lua: a task of the service, from the request that creates it to its
-- result. A task is its own operation in the scheduler: the core's events come
-- in as _on_* calls, and waiters hang on the task itself.

local errors = require "liangxin.errors"
local last_words = require "liangxin.last_words"
local record_module = require "liangxin.record"
local request_module = require "liangxin.request"
local result_module = require "liangxin.result"
local usage = require "liangxin.usage"

local M = {}

local Task = { __name = "liangxin.task" }
Task.__index = Task
M.class = Task

-- _phase, what the core does about the task, and what may follow:
local NEXT = {
  -- nothing; the next wait starts the watching
  idle = { creating = true, watching = true, ended = true },
  -- the request is under way; `id` is not known
  creating = { given_up = true, watching = true, idle = true, ended = true },
  -- the same, but the job that called create was cancelled
  given_up = { idle = true, ended = true },
  -- it is asked about
  watching = { watching = true, idle = true, ended = true },
  -- _result or _err is set; a callback may still name a lost task
  ended = { idle = true },
}

local function set_phase(task, phase)
  assert(NEXT[task._phase][phase], "a task cannot change its phase like this")
  task._phase = phase
end

-- How long a task is watched when nobody says.
local function deadline_of(client, model, opts)
  return opts.deadline or client._options.deadline or request_module.default_deadline(model)
end

--- A task of `client`. `id` or `model` may be nil. `key`: under what the core
--- learns durations. `opts`: {deadline=, on_created=, on_state=, watch=}.
function M.new(client, id, model, key, opts)
  local on_state = opts.on_state
  return setmetatable({
    id = id,
    model = model,
    _client = client,
    _phase = "idle",
    _deadline = deadline_of(client, model, opts),
    _key = key,
    _callbacks = type(on_state) == "table" and { on_state } or on_state,
    _on_created_fn = opts.on_created,
    _on_progress_fn = opts.on_progress,
    _watch = opts.watch,
    -- Room for what comes later, so that the table is not built anew for it.
    _request = nil, _op = nil, _birth = nil, _is_ours = nil, _held = nil, _waiters = nil, _result = nil,
  }, Task)
end

-- Somebody has been told what became of the task.
local function heard(task)
  if task.id then
    last_words.remove(task._client._unheard, task.id)
  end
end

-- Creating -------------------------------------------------------------------

-- Whether the core has to show each change.
local function wants_records(task)
  return task._callbacks ~= nil or task._on_progress_fn ~= nil
end

-- Send the request: true, or nil, err.
local function send(task)
  local hold = task._on_created_fn ~= nil or task._watch == false
  set_phase(task, "creating")
  task._is_ours, task._held = true, hold
  local ok, kind = task._client._scheduler:submit(task, "create", task._request, task._key,
    task._deadline, hold, wants_records(task))
  if not ok then
    return nil, errors.local_end(kind)
  end
  return true
end

local function link_lost_error(task)
  local err = task._lost
  if err then
    err.task, err.task_id, task._lost = task, task.id, nil
  end
end

-- nil, err for who waited and hears before there is a task.
local function end_of_birth(task, why, cause)
  if why == "done" then
    return nil, task._err
  end
  local err = cause
  if why ~= "cancelled" then
    err = errors.local_end(why)
    err.message = err.message .. "; the request may have been sent: a task may exist and be billed"
  end
  -- Whether it was sent is not known here. If it was, its id still comes.
  err.charged = "maybe"
  task._lost = err
  if why == "cancelled" and task._phase == "creating" then
    local client = task._client
    set_phase(task, "given_up")
    client._given_up = client._given_up + 1
    client._scheduler:cancel(task)
  end
  if task.id then -- on_created is at work
    link_lost_error(task)
    if why ~= "cancelled" then
      heard(task)
    end
  end
  return nil, errors.remember_request(err, task._request)
end

-- What create waits for.
local Birth = {}
Birth.__index = Birth

function Birth:_interrupt(raised)
  return self.task:_interrupt(raised)
end

function Birth:_give_up()
  return self.task:_give_up()
end

--- Send the request and wait for the task's id: true, or nil, err.
function M.create(task)
  local ok, err = send(task)
  if not ok then
    return nil, err
  end
  task._birth = setmetatable({ task = task }, Birth)
  local why, cause = task._client._scheduler:wait(task._birth)
  task._birth = nil
  if task._raised then
    error(task._raised.value, 0)
  end
  if why == "done" and task.id then
    return true
  end
  return end_of_birth(task, why, cause)
end

--- Send the request and wait for the task's end: its result, or nil, err. One
--- wait, unless there is an on_created: what it raises is heard when it did.
function M.generate(task)
  local begin = task._on_created_fn and M.create or send
  local ok, err = begin(task)
  if ok then
    ok, err = M.ensure_watched(task)
  end
  if not ok then
    return nil, err
  end
  local why, cause = "done", nil
  if task._phase ~= "ended" then
    why, cause = task._client._scheduler:wait(task)
  end
  if not task.id or task._phase == "creating" then
    return end_of_birth(task, why, cause)
  end
  if why == "cancelled" then
    M.rest_if_unwatched(task)
  end
  return M.end_of_wait(task, why, cause)
end

-- The creation is known to all who had to know: tell who called create. `job`
-- ran on_created, nil: there is none. True when its error has an owner.
local function announce(task, job)
  local client = task._client
  local scheduler = client._scheduler
  link_lost_error(task)
  if task._phase == "given_up" then
    client._given_up = client._given_up - 1
    M.rest(task)
  elseif task._phase == "creating" then
    if task._watch == false and not task._waiters then
      M.rest(task)
    elseif not task._held then
      set_phase(task, "watching")
    elseif not M.watch(task) then
      M.rest(task)
    end
  end
  task._on_created_fn = nil
  if not task._birth then
    return false
  end
  if job and job.status == "failed" then
    task._raised = { value = job._raised }
  end
  scheduler:finish(task._birth)
  return true
end

function Task:_on_created(task_id, is_provisional)
  local client = self._client
  self.id = task_id
  if is_provisional then
    self._is_provisional = true
  end
  if self._watch ~= false and not self._has_callback then
    last_words.add(client._unheard, task_id, self.model)
  end
  client:_creation_ended(self)
  client:_remember(self)
  local on_created = self._on_created_fn
  if on_created then
    client._scheduler:callback("on_created of task " .. task_id, self, announce, on_created, task_id)
  else
    announce(self)
  end
end

-- Watching -------------------------------------------------------------------

--- Start watching, or go on, with a fresh deadline: true, or nil, err.
function M.watch(task)
  local client = task._client
  local scheduler = client._scheduler
  local ok, kind
  if task._op then
    ok, kind = scheduler:resubmit(task, task._op, "watch", task.id, task._key,
      task._deadline, task._is_ours or false, wants_records(task))
  else
    ok, kind = scheduler:submit(task, "watch", task.id, task._key,
      task._deadline, task._is_ours or false, wants_records(task))
  end
  if not ok then
    return nil, errors.local_end(kind, task)
  end
  set_phase(task, "watching")
  client:_remember(task)
  return true
end

--- Nothing more comes for now; a wait may start it again.
function M.rest(task)
  local client = task._client
  client._scheduler:release(task)
  client:_forget(task)
  set_phase(task, "idle")
end

--- Stop asking, if nobody waits.
function M.rest_if_unwatched(task)
  if task._phase == "watching" and not task._waiters then
    task._client._scheduler:cancel(task)
    M.rest(task)
  end
end

local function tell_state(task, state, record)
  if state == nil or state == "" or state == task.state then
    return
  end
  task._is_provisional = nil -- the service knows it
  task.state = state
  local callbacks = task._callbacks
  if callbacks == nil then
    return
  end
  local scheduler, name = task._client._scheduler, "on_state of task " .. task.id
  if type(callbacks) == "table" then
    for i = 1, #callbacks do
      scheduler:callback(name, nil, nil, callbacks[i], state, record)
    end
  else
    scheduler:callback(name, nil, nil, callbacks, state, record)
  end
end

-- The service counts per cent.
local function tell_progress(task, record)
  local percent = record and record.progress
  if task._on_progress_fn and percent and percent ~= task._percent then
    task._percent = percent
    task._client._scheduler:callback("on_progress of task " .. task.id, nil, nil,
      task._on_progress_fn, math.min(percent / 100, 1), record)
  end
end

-- The core sends a record, with the whole word, only where somebody listens.
function Task:_on_state(state, record)
  tell_state(self, record and record.state or state, record_module.adopt(record))
  tell_progress(self, record)
end

local function end_task(task, result, err)
  local client = task._client
  client._scheduler:release(task)
  client:_forget(task)
  task._result, task._err = result, err
  set_phase(task, "ended")
  if result then
    task._request = nil
  end
  if task._callbacks then
    heard(task)
  end
end

-- An id that was read from a damaged answer, and that the service does not know,
-- was wrong; what was paid for may have another one.
local function doubt(task, err)
  if task._is_provisional and err.kind == "not_found" then
    err.kind, err.charged, err.retryable = "outcome_unknown", "maybe", false
    err.message = ("the answer to the create was damaged, and the service does not know %s, which was read from it; "
      .. "a task may exist and be billed: do not create it again blindly"):format(task.id)
  end
end

function Task:_on_ended(record, err)
  local client = self._client
  local scheduler = client._scheduler
  record = record_module.adopt(record)
  tell_state(self, record and record.state, record)
  tell_progress(self, record)
  if self._phase == "ended" then
    return -- its on_state has cancelled it
  elseif not err then
    end_task(self, result_module.new(client, self, record))
  elseif not self.id then
    return M.end_creation(self, errors.adopt(err, nil, record))
  else
    doubt(self, err)
    err = errors.adopt(err, self, record)
    if err.kind == "task_failed" then -- the service's own final state
      end_task(self, nil, err)
    else
      self._pause = err
      M.rest(self)
    end
  end
  scheduler:finish(self)
end

--- A callback named the task whose create has no answer yet, or lost it.
function M.heal(task, task_id)
  if task._phase == "creating" or task._phase == "given_up" then
    task._early_id = task_id
    return
  end
  local client, on_created = task._client, task._on_created_fn
  set_phase(task, "idle")
  task.id, task._op = task_id, nil
  task._lost, task._err, task._on_created_fn = task._err, nil, nil
  link_lost_error(task)
  if on_created then
    client._scheduler:callback("on_created of task " .. task_id, nil, nil, on_created, task_id)
  end
  if task._recovery then
    client._scheduler:finish(task._recovery)
  end
  if task._watch ~= false and M.watch(task) then
    client._handle:nudge(task._op)
  end
end

--- The request ended without a task id.
function M.end_creation(task, err)
  local client = task._client
  local scheduler = client._scheduler
  if task._early_id and err.kind == "outcome_unknown" then
    scheduler:release(task)
    task._op, task._held = nil, true
    return task:_on_created(task._early_id)
  end
  errors.remember_request(err, task._request)
  if task._token and err.kind == "outcome_unknown" then
    errors.remember_lost(err, task)
  end
  if task._phase == "given_up" then
    client._given_up = client._given_up - 1
    task._lost.charged, task._lost = err.charged, nil
  end
  end_task(task, nil, err)
  client:_creation_ended(task, err)
  if task._birth then
    scheduler:finish(task._birth)
  end
  scheduler:finish(task)
end

-- Public ---------------------------------------------------------------------

--- What an ended task gives; nothing for one that has not ended.
function M.outcome(task)
  heard(task)
  if task._result then
    return task._result
  end
  return nil, task._err
end

--- Whether the task has ended for good.
function M.has_ended(task)
  return task._phase == "ended"
end

--- Whether the task is asked about no more, although it has not ended: the
--- error of that is what waits get that began before.
function M.has_paused(task)
  return task._phase == "idle" and task._pause ~= nil
end

--- Make sure that the task is asked about: true, or nil, err.
function M.ensure_watched(task)
  if task._phase == "idle" then
    task._pause = nil
    return M.watch(task)
  end
  return true
end

--- After a wait for `task` that ended because of `why`.
function M.end_of_wait(task, why, cause, timeout)
  if why == "done" then
    if task._phase == "ended" then
      return M.outcome(task)
    end
    heard(task)
    return nil, task._pause
  elseif why == "timeout" then
    heard(task)
    local what = ("task %s (state: %s)"):format(task.id, task.state or "not seen yet")
    return nil, errors.out_of_time(what, timeout, task)
  elseif why == "cancelled" then
    cause.charged = "maybe"
    return nil, errors.adopt(cause, task)
  end
  heard(task)
  return nil, errors.local_end(why, task)
end

--- The id of a task that nobody waits for any more and that has not ended, nil of
--- others. Whoever asks tells it.
function Task:_give_up()
  if self._phase == "ended" or not self._is_ours then
    return nil
  end
  heard(self)
  return self.id
end

--- What to raise when a wait for the task was interrupted by `raised`.
function Task:_interrupt(raised)
  heard(self)
  return errors.interrupted(raised, self)
end

--- Wait until a callback has named the task that a lost answer was about: the
--- task, or nil, err.
function Task:_recover(timeout)
  usage.check_timeout(timeout, "err:wait: timeout")
  local client = self._client
  local ok, err = client:_enter(true)
  if not ok then
    return nil, err
  end
  self._recovery = self._recovery or {}
  local why, cause = client._scheduler:wait(self._recovery, timeout)
  if why == "done" then
    self._recovery = nil
    return self
  elseif why == "timeout" then
    err = errors.out_of_time("the create whose answer was lost", timeout)
  else
    err = why == "cancelled" and cause or errors.local_end(why)
  end
  err.charged = "maybe"
  return nil, err
end

--- Wait for the task's end: its result, or nil, err. A timeout ends only the
--- wait; call again to go on.
function Task:wait(timeout)
  usage.check_timeout(timeout, "task:wait: timeout")
  if self._phase == "ended" then
    return M.outcome(self)
  end
  local client = self._client
  local ok, err = client:_enter(true)
  if ok then
    ok, err = M.ensure_watched(self)
  end
  if not ok then
    return nil, err
  end
  local why, cause = client._scheduler:wait(self, timeout)
  return M.end_of_wait(self, why, cause, timeout)
end

--- Stop watching: waiters end with kind cancelled at once. The service goes on;
--- client:task(task.id) finds the task again.
function Task:cancel()
  local client = self._client
  local ok, err = client:_enter()
  if not ok then
    return nil, err
  end
  if self._phase ~= "ended" then
    local scheduler = client._scheduler
    scheduler:abandon(self)
    err = errors.local_end("cancelled", self)
    err.message = "watching this task was cancelled; the service works on"
    end_task(self, nil, err)
    heard(self)
    scheduler:finish(self)
    scheduler:drain()
  end
  return true
end

--- Call fn(state, record) at each change of the state from now on.
function Task:on_state(fn)
  usage.check_callable(fn, "task:on_state: the argument")
  local callbacks = self._callbacks
  if type(callbacks) == "table" then
    callbacks[#callbacks + 1] = fn
  else
    self._callbacks = callbacks and { callbacks, fn } or { fn }
  end
  local client = self._client
  if not callbacks and client._scheduler.ops[self._op] then
    client._handle:records(self._op)
  end
  return self
end

function Task:__tostring()
  local phase = self._client._scheduler.closed and "client closed" or self._phase
  return ("liangxin task %s (%s)"):format(self.id or "without id", self.state or phase)
end

return M
