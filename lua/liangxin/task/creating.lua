-- creating.lua: a task from its request to its id: sending, what create waits
-- for, on_created, and the answers that name no task.

local errors = require "liangxin.errors"
local last_words = require "liangxin.last_words"
local phase = require "liangxin.task.phase"
local watching = require "liangxin.task.watching"
local pairs = require("liangxin.walk").pairs

local M = {}

--- Send the request: true, or nil, err. `wish`: what it asks of the journal; nil
--- without one.
function M.send(task, wish)
  if task._client._is_withdrawn then
    return nil, errors.new("cancelled", "client:withdraw was called: nothing was sent", { retryable = true })
  end
  local hold = task._on_created_fn ~= nil or task._watch == false
  phase.set(task, "creating")
  task._is_ours, task._held = true, hold or nil
  local ok, kind = task._client._scheduler:submit(task, "create", task._pieces or task._request, task._key,
    task._deadline, hold, watching.wants_records(task), nil, wish, task._is_called_back)
  if not ok then
    return nil, errors.local_end(kind)
  end
  return true
end

--- The client sends no create any more: those that are not on their way end.
function M.withdraw(client)
  client._is_withdrawn = true
  for _, op in pairs(client._scheduler.ops) do
    if op._phase == "creating" then
      client._handle:withdraw(op._op)
    end
  end
end

local function link_lost_error(task)
  local err = task._lost
  if err then
    err.task, err.task_id, task._lost = task, task.id, nil
  end
end

--- nil, err for a caller whose wait ends before there is a task.
function M.end_of_birth(task, why, cause)
  if why == "done" then
    return nil, task._err
  end
  local err = cause
  if why ~= "cancelled" then
    err = errors.local_end(why)
    err.message = err.message .. "; the request may have been sent: a task may exist and be billed"
  end
  -- It may have been sent; if so, its id still arrives.
  err.charged = "maybe"
  task._lost = err
  if why == "cancelled" and task._phase == "creating" then
    local client = task._client
    phase.set(task, "given_up")
    client._given_up = client._given_up + 1
    client._scheduler:cancel(task)
  end
  if task.id then -- on_created is running
    link_lost_error(task)
  end
  if why ~= "cancelled" then
    phase.claim(task)
  end
  return nil, errors.remember_request(errors.of_client(task._client, err), task._request)
end

-- What create waits for: the task's id.
local Birth = {}
Birth.__index = Birth

function Birth:_interrupt(raised)
  return self.task:_interrupt(raised)
end

function Birth:_give_up()
  return self.task:_give_up()
end

--- Send the request and wait for the task's id: true, or nil, err.
function M.create(task, wish)
  local ok, err = M.send(task, wish)
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
  return M.end_of_birth(task, why, cause)
end

-- The id is known and on_created has returned: end the wait of create. `job` ran
-- on_created; nil: there is none. True when the caller of create gets its error.
local function announce(task, job)
  local client, before = task._client, task._phase
  link_lost_error(task)
  if before == "given_up" then
    client._given_up = client._given_up - 1
    watching.rest(task)
  elseif before == "creating" then
    if task._watch == false and not task._waiters then
      watching.rest(task)
    elseif not task._held then
      phase.set(task, "watching")
    elseif not watching.watch(task) then
      watching.rest(task)
    end
  end
  task._on_created_fn = nil
  if not task._birth then
    return false
  end
  if job and job.status == "failed" then
    task._raised = { value = job._raised }
  end
  client._scheduler:finish(task._birth)
  return true
end

--- The service named the task.
function M.created(task, task_id, is_provisional)
  local client = task._client
  task.id = task_id
  if is_provisional then
    task._is_provisional = true
  end
  if task._watch ~= false and not task._has_callback then
    last_words.add(client._unclaimed, task_id, task.model)
  end
  if task._token then
    client:_creation_ended(task)
  end
  client:_remember(task)
  local on_created = task._on_created_fn
  if on_created then
    client._scheduler:callback("on_created of task " .. task_id, task, announce, on_created, task_id)
  else
    announce(task)
  end
end

--- A callback named the task whose create has no answer yet or lost its answer.
function M.heal(task, task_id)
  if task._phase == "creating" or task._phase == "given_up" then
    task._early_id = task_id
    return
  end
  local client, on_created = task._client, task._on_created_fn
  phase.set(task, "idle")
  task.id, task._op = task_id, nil
  task._lost, task._err, task._on_created_fn = task._err, nil, nil
  link_lost_error(task)
  if on_created then
    client._scheduler:callback("on_created of task " .. task_id, nil, nil, on_created, task_id)
  end
  if task._recovery then
    client._scheduler:finish(task._recovery)
  end
  if task._watch ~= false and watching.watch(task) then
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
  errors.remember_request(errors.of_client(client, err), task._request)
  if (task._token or task._entry) and err.kind == "outcome_unknown" then
    errors.remember_lost(err, task)
  end
  if task._phase == "given_up" then
    client._given_up = client._given_up - 1
    task._lost.charged, task._lost = err.charged, nil
  end
  watching.end_task(task, nil, err)
  client:_creation_ended(task, err)
  if task._birth then
    scheduler:finish(task._birth)
  end
  scheduler:finish(task)
end

return M
