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
local watching = require "liangxin.task.watching"

local M = {}

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

--- The task of a row that has succeeded, whose files are saved from now on.
function M.save(client, opts, row)
  local task = task_module.of_entry(client, opts, task_module.deadline_of(client, row.model, opts), row.id,
    row.attempt, row.task_id, row.model, row.key, row.target, row.accepted_ms)
  saving.begin(task, result_of(client, task, row))
  return task
end

-- The tasks to be watched, and which rows have a result, by row.
local function sort_out(client, opts, rows, waits)
  local tasks, is_made, deadlines = {}, {}, {}
  for i = 1, #rows do
    local entry, attempt, id, model, key, target, accepted_ms, has_result = rows:unpack(i)
    if waits and waits(rows:row(i)) then
      tasks[i] = nil
    elseif has_result or not id then
      tasks[i], is_made[i] = false, has_result
    else
      local deadline = deadlines[model] or task_module.deadline_of(client, model, opts)
      deadlines[model] = deadline
      tasks[i] = task_module.of_entry(client, opts, deadline, entry, attempt, id, model, key, target, accepted_ms)
    end
  end
  return tasks, is_made
end

-- The same as M.each, for one page.
local function take_up(client, opts, rows, visit, waits)
  local tasks, is_made = sort_out(client, opts, rows, waits)
  local ok, err = watching.watch_rows(client, opts, rows, tasks)
  if not ok then
    return nil, err
  end
  for i = 1, #rows do
    local task = tasks[i]
    if is_made[i] then
      task = M.save(client, opts, rows:row(i))
    end
    if task ~= nil then
      visit(task, rows, i)
    end
  end
  return true
end

--- Take over what `question` asks for, and call visit(task, rows, i) for each: its
--- task, which is watched or being saved, or false where it has none that is known;
--- but for those of which `waits(row)` is true, which are taken up later: true, or
--- nil, err.
function M.each(client, opts, question, visit, waits)
  repeat
    local page, ok, err
    page, err = asking.ask(client, question)
    if page then
      ok, err = take_up(client, opts, page.entries, visit, waits)
      page.entries:close()
    end
    if not ok then
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
  local ok, err = M.each(client, opts, { verb = "take", states = states }, function(task)
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
