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

--- Its request goes out: until it is settled, the last words count it.
function M.begin(task)
  task._is_sending = true
  last_words.count_creating(task._client._unclaimed, 1)
end

--- The answer to its request is there, or its caller has an error instead.
function M.settle(task)
  if task._is_sending then
    task._is_sending = nil
    last_words.count_creating(task._client._unclaimed, -1)
  end
end

--- The program has learnt what became of the task: the last words leave it out.
function M.claim(task)
  M.settle(task)
  if task.id then
    last_words.remove(task._client._unclaimed, task.id)
  end
end

return M
