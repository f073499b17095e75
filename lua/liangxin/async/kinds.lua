-- kinds.lua: what tasks and jobs have in common for waits on several of them.

local errors = require "liangxin.errors"
local job_module = require "liangxin.async.job"
local task_module = require "liangxin.task"

local M = {}

local MODULES = {
  [task_module.class] = task_module,
  [job_module.class] = job_module,
}

--- The module that knows `entry`; nil for what is neither task nor job.
function M.of(entry)
  local class = type(entry) == "table" and getmetatable(entry)
  return class and MODULES[class] or nil
end

--- The client that an entry belongs to.
function M.client_of(entry)
  return entry._client or entry._scheduler.client
end

--- Whether it has ended for good.
function M.has_ended(entry)
  return MODULES[getmetatable(entry)].has_ended(entry)
end

--- Whether a wait for it would return at once: it has ended, or the watching has
--- paused with an error, and no later wait has resumed it.
function M.has_news(entry)
  return M.has_ended(entry)
    or getmetatable(entry) == task_module.class and task_module.has_paused(entry)
end

--- Start what does not run yet, so that the wait can end: nil, or err.
function M.prepare(entry)
  if getmetatable(entry) == task_module.class then
    local ok, err = task_module.ensure_watched(entry)
    return not ok and err or nil
  end
  return nil
end

--- First value and error of an ended entry. A job's raised value is its error.
function M.outcome(entry)
  if getmetatable(entry) ~= job_module.class then
    return task_module.outcome(entry)
  end
  local ok, value, err = pcall(job_module.outcome, entry)
  if not ok then
    return nil, value
  end
  return value, value == nil and err or nil
end

--- Value and error after a wait for `entry` that ended because of `why`.
function M.end_of_wait(entry, why, cause, timeout)
  if why == "done" and M.has_ended(entry) then
    return M.outcome(entry)
  elseif getmetatable(entry) == task_module.class then
    return task_module.end_of_wait(entry, why, cause, timeout)
  elseif why == "timeout" then
    return nil, errors.out_of_time("the job", timeout)
  elseif why == "cancelled" then
    return nil, cause
  end
  return nil, errors.local_end(why)
end

return M
