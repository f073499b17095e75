-- resume.lua: what nobody watches any more, as its client was closed or killed:
-- taken over, watched to its end, and saved. Never creates anything.

local asking = require "liangxin.journal.asking"
local combine = require "liangxin.async.combine"
local healing = require "liangxin.journal.healing"
local money = require "liangxin.journal.money"
local record_module = require "liangxin.record"
local result_module = require "liangxin.result"
local saving = require "liangxin.task.saving"
local task_module = require "liangxin.task"

local M = {}

-- The task of a row that handle:ask gave.
local function new_task(client, row, opts)
  local task = task_module.new(client, row.task_id, row.model, row.model, opts)
  task.key, task._save, task._is_ours = row.key, row.target, true
  task._entry, task._attempt, task._accepted_ms = row.id, row.attempt, row.accepted_ms
  return task
end

local function result_of(client, task, row)
  task.state = "success"
  return result_module.new(client, task, record_module.adopt {
    task_id = row.task_id,
    model = row.model,
    state = task.state,
    urls = type(row.urls) == "table" and row.urls or {},
    credits = money.credits(row.charged),
    completed_ms = row.ended_ms,
  })
end

--- The task of a row that is taken over, watched or being saved; false where there
--- is none to watch; nil, err.
function M.take_up(client, row, opts)
  if not row.task_id then
    return false -- unknown
  end
  local task = new_task(client, row, opts)
  if row.state == "succeeded" then
    saving.begin(task, result_of(client, task, row))
    return task
  end
  local ok, err = task_module.ensure_watched(task)
  if not ok then
    return nil, err
  end
  return task
end

--- Take over what `question` asks for, and call visit(row, task or false) for each,
--- but for those of which `waits(row)` is true, which are taken up later: true, or
--- nil, err.
function M.each(client, opts, question, visit, waits)
  repeat
    local page, err = asking.ask(client, question)
    for _, row in ipairs(page and page.entries or {}) do
      if not (waits and waits(row)) then
        local task
        task, err = M.take_up(client, row, opts)
        if task == nil then
          return nil, err
        end
        visit(row, task)
      end
    end
    if not page then
      return nil, err
    end
    question.after_id = page.after
  until not page.after
  return true
end

--- Take over entries, in `states` (nil: in any that are not at their end): a list
--- of tasks, or nil, err.
function M.take(client, opts, states)
  local tasks = {}
  healing.heal_named(client)
  local ok, err = M.each(client, opts, { verb = "take", states = states }, function(_, task)
    tasks[#tasks + 1] = task or nil
  end)
  if not ok then
    return nil, err
  end
  return tasks
end

--- The same, and wait for their ends: results, errors, tasks; or nil, err.
function M.finish(client, opts, states)
  local tasks, err = M.take(client, opts, states)
  if not tasks then
    return nil, err
  end
  local results, failures = combine.wait_all(client, tasks)
  return results, failures, tasks
end

return M
