-- task.lua: the object that stands for a task of the service, and waits for it.
-- A task is its own operation in the scheduler: the core's events call its _on_*
-- methods, and waiters attach to the task itself. task/creating.lua takes it to
-- its id, task/watching.lua to its end.

local errors = require "liangxin.errors"
local creating = require "liangxin.task.creating"
local healing = require "liangxin.journal.healing"
local phase = require "liangxin.task.phase"
local request_module = require "liangxin.request"
local result_module = require "liangxin.result"
local saving = require "liangxin.task.saving"
local usage = require "liangxin.usage"
local watching = require "liangxin.task.watching"
local pairs = require("liangxin.walk").pairs

local M = {}

local Task = { __name = "liangxin.task" }
Task.__index = Task
M.class = Task

--- How long a task is watched, in seconds.
function M.deadline_of(client, model, opts)
  return opts.deadline or client._options.deadline or request_module.default_deadline(model)
end

-- What task._callbacks is: nil, a function, or a list of what can be called; as a
-- table may be, too.
local function first_callbacks(on_state)
  return type(on_state) == "table" and { on_state } or on_state
end

--- A task of `client`. `id` or `model` may be nil. `key`: under what the core
--- learns durations. `opts`: {deadline=, on_created=, on_state=, watch=}.
function M.new(client, id, model, key, opts)
  return setmetatable({
    id = id,
    model = model,
    _client = client,
    _phase = "idle",
    _deadline = M.deadline_of(client, model, opts),
    _key = key,
    _callbacks = first_callbacks(opts.on_state),
    _on_created_fn = opts.on_created,
    _on_progress_fn = opts.on_progress,
    _watch = opts.watch,
    -- Later fields: naming them here sizes the table once. Of 16 fields, which is
    -- a size of tables, a task without callbacks sets no more.
    _request = nil, _request_bytes = nil, _op = nil, _is_ours = nil, _waiters = nil, _result = nil,
  }, Task)
end

--- The task of an entry that this client has taken over: `deadline` in seconds,
--- `save` its target. They come by the thousand: no field is set twice.
function M.of_entry(client, opts, deadline, entry, attempt, id, model, key, save, accepted_ms)
  return setmetatable({
    id = id,
    model = model,
    key = key,
    _client = client,
    _phase = "idle",
    _deadline = deadline,
    _key = model,
    _callbacks = first_callbacks(opts.on_state),
    _on_progress_fn = opts.on_progress,
    _is_ours = true,
    _save = save,
    _entry = entry,
    _attempt = attempt,
    _accepted_ms = accepted_ms,
    _op = nil, _waiters = nil, -- later fields, as above
  }, Task)
end

--- Create the task and wait for its id: true, or nil, err.
M.create = creating.create

--- Send the request and wait for the task's end: its result, or nil, err. One
--- wait; with an on_created two, so that what it raises is raised at once. `wish`:
--- see creating.send.
function M.generate(task, wish)
  local begin = task._on_created_fn and creating.create or creating.send
  local ok, err = begin(task, wish)
  if ok then
    ok, err = watching.ensure_watched(task)
  end
  if not ok then
    return nil, err
  end
  local why, cause = "done", nil
  if task._phase ~= "ended" then
    why, cause = task._client._scheduler:wait(task)
  end
  if not task.id or task._phase == "creating" then
    return creating.end_of_birth(task, why, cause)
  end
  if why == "cancelled" then
    watching.rest_if_unwatched(task)
  end
  return M.end_of_wait(task, why, cause)
end

M.heal = creating.heal
M.withdraw = creating.withdraw
M.has_paused = watching.has_paused
M.ensure_watched = watching.ensure_watched

-- Events of the core ---------------------------------------------------------

-- The pictures of the request were looked at: `sizes` are theirs, and `total`
-- that of all.
local function learn_sizes(task, sizes)
  if task._pieces then
    task._request = request_module.shown(task._pieces, sizes)
    task._request_bytes, task._pieces = sizes.total, nil
  end
end

-- `entry` is the number of the journal's entry, `attempt` that of its create; nil
-- without a journal.
function Task:_on_created(task_id, is_provisional, sizes, entry, attempt)
  if sizes then
    learn_sizes(self, sizes)
  end
  if entry then
    self._entry, self._attempt = entry, attempt
  end
  creating.created(self, task_id, is_provisional)
end

-- The core sends a record, with the whole word, only if there is a callback.
Task._on_state = watching.tell

-- An id read from a damaged answer that the service does not know was misread:
-- the task that was paid for may have another id.
local function doubt(task, err)
  if task._is_provisional and err.kind == "not_found" then
    err.kind, err.charged, err.retryable = "outcome_unknown", "maybe", false
    err.message = ("the answer to the create was damaged, and the service does not know %s, which was read from it; "
      .. "a task may exist and be billed: do not create it again blindly"):format(task.id)
  end
end

-- `files` are those that the journal's entry has on the disk; nil: to be downloaded.
-- `entry` and `attempt` are those of a create whose outcome is unknown.
function Task:_on_ended(record, err, sizes, files, entry, attempt)
  if sizes then
    learn_sizes(self, sizes)
  end
  local client = self._client
  local scheduler = client._scheduler
  record = watching.tell(self, nil, record)
  if self._phase == "ended" then
    return -- its on_state cancelled it
  elseif not err then
    if saving.begin(self, result_module.new(client, self, record), files) then
      return
    end
  elseif not self.id then
    if entry and entry > 0 then
      self._entry, self._attempt = entry, attempt
    end
    return creating.end_creation(self, errors.adopt(err, nil, record))
  else
    doubt(self, err)
    err = errors.adopt(err, self, record)
    if err.kind == "task_failed" then -- the service's own final state
      watching.end_task(self, nil, err)
    else
      self._pause = err
      watching.rest(self)
    end
  end
  scheduler:finish(self)
end

-- Public ---------------------------------------------------------------------

--- What an ended task gives; nothing for one that has not ended.
function M.outcome(task)
  phase.claim(task)
  if task._result then
    return task._result
  end
  return nil, task._err
end

--- A function that counts the creates under way in the scheduler's `ops` whose
--- callers have not been told that their outcome is unknown.
function M.counter_of_creates(ops)
  return function()
    local count = 0
    for _, op in pairs(ops) do
      if getmetatable(op) == Task and not op.id and not op._is_claimed then
        count = count + 1
      end
    end
    return count
  end
end

--- Whether the task has ended for good.
function M.has_ended(task)
  return task._phase == "ended"
end

--- After a wait for `task` that ended because of `why`.
function M.end_of_wait(task, why, cause, timeout)
  if why == "done" then
    if task._phase == "ended" then
      return M.outcome(task)
    end
    phase.claim(task)
    return nil, task._pause
  elseif why == "timeout" then
    phase.claim(task)
    local what = ("task %s (state: %s)"):format(task.id, task.state or "not seen yet")
    return nil, errors.out_of_time(what, timeout, task)
  elseif why == "cancelled" then
    cause.charged = "maybe"
    return nil, errors.adopt(cause, task)
  end
  phase.claim(task)
  return nil, errors.local_end(why, task)
end

--- The id of a task that this program made and that has not ended, else nil.
--- For callers that put it into an error, which claims the task.
function Task:_give_up()
  if self._phase == "ended" or not self._is_ours then
    return nil
  end
  phase.claim(self)
  return self.id
end

--- What to raise when a wait for the task was interrupted by `raised`.
function Task:_interrupt(raised)
  phase.claim(self)
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
  local why, cause
  if self._entry then
    why, cause = healing.wait(self, timeout, creating.heal)
  else
    why, cause = client._scheduler:wait(self._recovery, timeout)
  end
  if self.id then
    self._recovery = nil
    return self
  end
  return nil, healing.unresolved(self, why, cause, timeout)
end

--- Wait for the task's end: its result, or nil, err. A timeout ends only the
--- wait; call again to go on.
function Task:wait(timeout)
  usage.check_self(self, Task, "task:wait")
  usage.check_timeout(timeout, "task:wait: timeout")
  if self._phase == "ended" then
    return M.outcome(self)
  end
  local client = self._client
  local ok, err = client:_enter(true)
  if ok then
    ok, err = watching.ensure_watched(self)
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
  usage.check_self(self, Task, "task:cancel")
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
    watching.end_task(self, nil, err)
    phase.claim(self)
    scheduler:finish(self)
    scheduler:drain()
  end
  return true
end

--- Call fn(state, record) at each change of the state from now on.
function Task:on_state(fn)
  usage.check_self(self, Task, "task:on_state")
  usage.check_callable(fn, "task:on_state: the argument")
  local callbacks = self._callbacks
  if type(callbacks) == "table" then
    callbacks[#callbacks + 1] = fn
  else
    self._callbacks = callbacks and { callbacks, fn } or { fn }
  end
  local client = self._client
  if not callbacks and self._op and client._scheduler:find(self._op) == self then
    client._handle:records(self._op)
  end
  return self
end

function Task:__tostring()
  local state = self.state or self._client._scheduler.closed and "client closed" or self._phase
  return ("liangxin task %s (%s)"):format(self.id or "without id", state)
end

return M
