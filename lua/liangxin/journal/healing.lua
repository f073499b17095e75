-- healing.lua: callbacks and lost answers, across processes: a callback's token
-- finds the entry that it was made for, and the service confirms the task before
-- it is written.

local asking = require "liangxin.journal.asking"
local core = require "liangxin.core"
local errors = require "liangxin.errors"

local M = {}

local HEAL_FIRST, HEAL_MAX = 2, 600 -- s between tries to confirm what a callback named
local LOOK_SECONDS = 0.25 -- how often a wait asks what others have found out

-- The service knows the task as one of the entry's model: it is written. True;
-- nil where it does not, or cannot be asked.
local function confirm(client, row, attempt, task_id)
  local record = client:_query(task_id)
  if not record or record.model and record.model ~= row.model then
    return nil
  end
  return asking.ask(client, { verb = "heal", entry = row.id, attempt = attempt, text = task_id })
end

--- A callback named `task_id`, perhaps with a token that is another process's. The
--- journal keeps that where it knows an entry of it: {row =, attempt =}, or false;
--- nil, err where it cannot, or does not answer within `timeout` (nil: any): then it
--- may still be kept.
function M.keep(client, task_id, token, timeout)
  local answer, err = asking.ask(client, { verb = "hint", task_id = task_id, text = token }, timeout)
  if not answer then
    return nil, err
  end
  local is_known = type(answer.entry) == "table" and (answer.attempt ~= 0 or not token)
  return is_known and { row = answer.entry, attempt = answer.attempt }
end

--- What the journal makes of it, in a job of its own: `kept` is what `keep` gave,
--- nil: it was not called yet. `on_healed` (may be nil) is called when the task is
--- written as an entry's.
function M.hint(client, task_id, token, kept, on_healed)
  client._scheduler:callback("the callback of task " .. task_id, nil, nil, function()
    if kept == nil then
      kept = M.keep(client, task_id, token)
    end
    if not kept or kept.attempt == 0 then
      return
    end
    if kept.row.task_id == task_id or confirm(client, kept.row, kept.attempt, task_id) then
      if on_healed then
        on_healed(kept.attempt)
      end
    end
  end)
end

--- Whether a callback has named the task of an entry, and it is written.
function M.heal_entry(client, entry)
  local answer = asking.ask(client, { verb = "lost", entry = entry })
  local row = answer and answer.entry
  return type(row) == "table" and type(answer.hint) == "string"
    and confirm(client, row, answer.attempt, answer.hint) ~= nil
end

--- Heal unknown entries that callbacks have named: who got those may have died, or
--- the service may not have answered. Others take them over then. Whether any is.
function M.heal_named(client)
  local is_healed = false
  for _, entry in ipairs(asking.ask(client, { verb = "named" }) or {}) do
    local tried = client._heal_tries[entry] or { at = 0, pause = HEAL_FIRST }
    client._heal_tries[entry] = tried
    if core.now() >= tried.at then
      tried.at, tried.pause = core.now() + tried.pause, math.min(2 * tried.pause, HEAL_MAX)
      if M.heal_entry(client, entry) then
        client._heal_tries[entry], is_healed = nil, true
      end
    end
  end
  return is_healed
end

-- What is known of the task's entry by now: true when that ends the wait.
local function look(task, heal)
  local client = task._client
  local answer = asking.ask(client, { verb = "lost", entry = task._entry })
  local row = answer and answer.entry
  if task.id or type(row) ~= "table" then
    return task.id ~= nil
  elseif row.task_id then
    task._attempt = row.attempt
    heal(task, row.task_id)
    return true
  elseif row.state == "refused" or row.state == "abandoned" then
    local err = task._err
    err.charged = row.state == "refused" and "no" or "yes"
    err.message = ("it was resolved: the create %s"):format(
      row.state == "refused" and "made nothing, and may be sent again" or "was charged, and nothing is to be had")
    return true
  elseif type(answer.hint) == "string" then
    confirm(client, row, answer.attempt, answer.hint)
  end
  return false
end

--- Wait until the task, whose create lost its answer, is known: why the wait ended,
--- and the error of a cancelled one. `heal(task, task_id)` makes it a live one.
function M.wait(task, timeout, heal)
  local scheduler = task._client._scheduler
  local began = core.now()
  while true do
    if look(task, heal) then
      return "done"
    end
    local left = timeout and timeout - (core.now() - began)
    if left and left <= 0 then
      return "timeout"
    end
    local why, cause = scheduler:wait(task._recovery, math.min(LOOK_SECONDS, left or LOOK_SECONDS))
    if why ~= "timeout" then
      return why, cause
    end
  end
end

--- The error of such a wait that ended without a task.
function M.unresolved(task, why, cause, timeout)
  if task._err and task._err.charged ~= "maybe" then
    return task._err
  end
  local err
  if why == "timeout" then
    err = errors.out_of_time("the create whose answer was lost", timeout)
  else
    err = why == "cancelled" and cause or errors.local_end(why)
  end
  err.charged = "maybe"
  return err
end

return M
