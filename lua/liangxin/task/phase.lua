-- phase.lua: what the core does about a task, and the one place that changes it.

local last_words = require "liangxin.last_words"

local M = {}

-- task._phase, and what may follow:
local NEXT = {
  -- nothing; the next wait starts watching
  idle = { creating = true, watching = true, ended = true },
  -- the request is under way; `id` is not known
  creating = { given_up = true, watching = true, idle = true, ended = true },
  -- the same, but the job that called create was cancelled
  given_up = { idle = true, ended = true },
  -- queries are sent
  watching = { watching = true, idle = true, ended = true },
  -- _result or _err is set; a callback may still name a lost task
  ended = { idle = true },
}

--- Change the phase; an impossible change is a bug.
function M.set(task, phase)
  if not NEXT[task._phase][phase] then
    error("a task cannot change its phase like this")
  end
  task._phase = phase
end

--- The program has learnt what became of the task: the last words leave it out.
function M.claim(task)
  if task.id then
    last_words.remove(task._client._unclaimed, task.id)
  else
    task._is_claimed = true
  end
end

return M
