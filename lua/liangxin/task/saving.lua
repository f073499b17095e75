-- saving.lua: the files of a task that has the option `save`: they are downloaded
-- when it has succeeded, and only then its waits end.

local errors = require "liangxin.errors"
local options_module = require "liangxin.options"
local result_module = require "liangxin.result"
local watching = require "liangxin.task.watching"

local M = {}

-- What was raised inside is the program's own: allow_download, as a rule.
local function failure(task, job, err)
  if job.status == "failed" then
    err = errors.new("download", ("saving was broken off: %s"):format(tostring(job._raised)), { charged = "yes" })
  end
  return errors.adopt(err, task)
end

local function finish(task, result, files)
  result.files, result._saved_to = files, files and task._save
  watching.end_task(task, result)
end

--- The task has succeeded, and ends, at once or when its files are on the disk:
--- true when that takes a while. `files` may be nil: not there, as far as is known.
--- Where the disk or a host of results refuses, the waits end with that error, and
--- another one tries again.
function M.begin(task, result, files)
  if not task._save or files then
    finish(task, result, files)
    return false
  end
  local scheduler = task._client._scheduler
  local saved, err
  local function ended(_, job)
    task._is_saving = nil
    if task._phase == "ended" then
      return -- it was cancelled
    elseif saved then
      finish(task, result, saved)
    else
      task._pause = failure(task, job, err)
      if task._phase == "watching" then -- else somebody has given it up
        watching.rest(task)
      end
    end
    scheduler:finish(task)
  end
  task._is_saving = true
  scheduler:release(task)
  scheduler:callback("the saving of task " .. task.id, task, ended, function()
    saved, err = result_module.save(result, task._save, options_module.SAVE, task._entry)
  end)
  return true
end

return M
