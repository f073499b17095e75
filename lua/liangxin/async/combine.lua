-- combine.lua: waiting for several tasks and jobs at once.

local errors = require "liangxin.errors"
local job_module = require "liangxin.async.job"
local task_module = require "liangxin.task"
local usage = require "liangxin.usage"

local M = {}

local function module_of(entry)
  local class = getmetatable(entry)
  if class == task_module.class then
    return task_module
  elseif class == job_module.class then
    return job_module
  end
  return nil
end

local function check_list(client, list, what)
  if type(list) ~= "table" then
    usage.raise("%s: the list must be a table of tasks and jobs, not %s", what, type(list))
  end
  for i = 1, #list do
    local entry = list[i]
    if not module_of(entry) then
      usage.raise("%s: entry %d is neither a task nor a job", what, i)
    elseif (entry._client or entry._scheduler.client) ~= client then
      usage.raise("%s: entry %d belongs to another client", what, i)
    end
  end
end

-- First value and error of an ended entry; what a job raised is its error.
local function outcome(entry)
  local module = module_of(entry)
  if module == job_module then
    local ok, value, err = pcall(job_module.outcome, entry)
    if not ok then
      return nil, value
    end
    return value, value == nil and err or nil
  end
  return task_module.outcome(entry)
end

-- Value and error after a wait for `entry` that ended because of `why`.
local function end_of_wait(entry, why, cause, timeout)
  if why == "done" and (module_of(entry) == job_module or task_module.has_ended(entry)) then
    return outcome(entry)
  elseif module_of(entry) == task_module then
    return task_module.end_of_wait(entry, why, cause, timeout)
  elseif why == "timeout" then
    return nil, errors.out_of_time("the job", timeout)
  elseif why == "cancelled" then
    return nil, cause
  end
  return nil, errors.local_end(why)
end

-- Start what does not run yet, so that the wait can end: nil, or err.
local function prepare(entry)
  if module_of(entry) == task_module then
    local ok, err = task_module.ensure_watched(entry)
    return not ok and err or nil
  end
  return nil
end

--- values, errors: for each entry its (first) value or nil, its error or nil.
function M.wait_all(client, list, timeout)
  check_list(client, list, "client:wait_all")
  local scheduler = client._scheduler
  local values, failures = {}, {}
  local cut, cause, timer
  local ok, err = scheduler:may_wait(true)
  if not ok then
    cut, cause = "cancelled", err
  elseif timeout then
    timer, cut = scheduler:timer(timeout)
  end
  for i = 1, #list do
    local entry = list[i]
    local module = module_of(entry)
    failures[i] = not module.has_ended(entry) and prepare(entry) or nil
  end
  for i = 1, #list do
    local entry = list[i]
    local module = module_of(entry)
    if module.has_ended(entry) then
      values[i], failures[i] = outcome(entry)
    elseif not failures[i] then
      local why, what = cut, cause
      if not why and module == task_module and task_module.has_paused(entry) then
        why = "done"
      elseif not why then
        prepare(entry) -- a job that was cancelled may have stopped its watching
        why, what = scheduler:wait(entry, timer)
        if why ~= "done" and why ~= "timeout" then
          cut, cause = why, what
        end
      end
      values[i], failures[i] = end_of_wait(entry, why, what, timeout)
    end
  end
  if timer then
    scheduler:abandon(timer)
  end
  return values, failures
end

--- index, value, err of the first entry that ends.
function M.wait_any(client, list, timeout)
  check_list(client, list, "client:wait_any")
  if #list == 0 then
    usage.raise("client:wait_any: the list is empty")
  end
  for i = 1, #list do
    if module_of(list[i]).has_ended(list[i]) then
      return i, outcome(list[i])
    end
  end
  for i = 1, #list do
    local err = prepare(list[i])
    if err then
      return i, nil, err
    end
  end
  local why, cause = client._scheduler:wait_first(list, timeout)
  if why == "done" then
    for i = 1, #list do
      if list[i] == cause then
        return i, end_of_wait(cause, why, cause, timeout)
      end
    end
  elseif why == "timeout" then
    return nil, nil, errors.out_of_time("no entry of the list: each", timeout)
  end
  return nil, nil, why == "cancelled" and cause or errors.local_end(why)
end

return M
