-- watching.lua: a task whose id is known, from the first query to its end: what
-- the core reports, and who is called for it. A wait starts the watching; a
-- failure pauses it, and only the service's final states end it.

local errors = require "liangxin.errors"
local phase = require "liangxin.task.phase"
local record_module = require "liangxin.record"

local M = {}

--- Whether the core has to send a record with each change.
function M.wants_records(task)
  return task._callbacks ~= nil or task._on_progress_fn ~= nil
end

--- Start watching, or go on, with a fresh deadline: true, or nil, err.
function M.watch(task)
  local client = task._client
  local scheduler = client._scheduler
  local ok, kind
  if task._op then
    ok, kind = scheduler:resubmit(task, task._op, "watch", task.id, task._key,
      task._deadline, task._is_ours or false, M.wants_records(task), task._request_bytes,
      nil, nil, task._entry, task._attempt, task._accepted_ms)
  else
    ok, kind = scheduler:submit(task, "watch", task.id, task._key,
      task._deadline, task._is_ours or false, M.wants_records(task), task._request_bytes,
      nil, nil, task._entry, task._attempt, task._accepted_ms)
  end
  if not ok then
    return nil, errors.local_end(kind, task)
  end
  phase.set(task, "watching")
  client:_remember(task)
  return true
end

--- Start watching the `tasks` of `rows`, by row, where false has none: all
--- together, as they have all the same `opts`. True, or nil, err.
function M.watch_rows(client, opts, rows, tasks)
  local wants_records = opts.on_state ~= nil or opts.on_progress ~= nil
  local ok, kind = client._scheduler:submit_rows(rows, tasks, wants_records)
  if not ok then
    return nil, errors.local_end(kind)
  end
  for i = 1, #rows do
    local task = tasks[i]
    if task then
      phase.set(task, "watching")
      client:_remember(task)
    end
  end
  return true
end

--- Watching is over for now; a wait may start it again.
function M.rest(task)
  local client = task._client
  client._scheduler:release(task)
  client:_forget(task)
  phase.set(task, "idle")
end

--- Stop watching if nobody waits.
function M.rest_if_unwatched(task)
  if task._phase == "watching" and not task._waiters then
    task._client._scheduler:cancel(task)
    M.rest(task)
  end
end

--- Whether queries have stopped although the task has not ended: waits that
--- began before that get `_pause`, the error.
function M.has_paused(task)
  return task._phase == "idle" and task._pause ~= nil
end

--- Start the watching unless it is under way: true, or nil, err.
function M.ensure_watched(task)
  if task._phase == "idle" and not task._is_saving then
    task._pause = nil
    return M.watch(task)
  end
  return true
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

-- The service counts in percent.
local function tell_progress(task, on_progress, record)
  local percent = record.progress
  if percent and percent ~= task._percent then
    task._percent = percent
    task._client._scheduler:callback("on_progress of task " .. task.id, nil, nil,
      on_progress, math.min(percent / 100, 1), record)
  end
end

--- Report a record to on_state and on_progress.
function M.tell(task, state, record)
  if not record then
    return tell_state(task, state)
  end
  record_module.adopt(record)
  tell_state(task, record.state or state, record)
  local on_progress = task._on_progress_fn
  if on_progress then
    tell_progress(task, on_progress, record)
  end
  return record
end

--- The task has ended, with a result or an error.
function M.end_task(task, result, err)
  local client = task._client
  client._scheduler:release(task)
  client:_forget(task)
  task._result, task._err = result, err
  phase.set(task, "ended")
  if result then
    task._request = nil
  end
  if task._callbacks then
    phase.claim(task)
  end
end

return M
