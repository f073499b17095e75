-- The order in which answers show tasks as ended, for tests: the order of their
-- ends, whichever is asked about first. Two tasks may end between two questions;
-- without this chance would decide. A task whose turn has not come still looks
-- unfinished. Reads no clock.

local heap = require("liangxin.sandbox.heap")

local ends = {}

-- How long a task that is no longer asked about holds up those behind it.
local PATIENCE_SECONDS = 0.25

local Ends = {}
Ends.__index = Ends

function ends.new()
  return setmetatable({ heap = heap.new() }, Ends)
end

-- The first that waits and still counts.
function Ends:turn(now)
  local first, due = self.heap:first()
  while first and now - math.max(due, first.asked or 0) > PATIENCE_SECONDS do
    self.heap:pop()
    first.is_waiting = false
    first, due = self.heap:first()
  end
  return first
end

---Waits for the task's turn from here on. Not for a task that never ends, nor
---for one whose id nobody knows.
function Ends:add(task)
  self:turn(task.created) -- lets go of tasks that nobody asks about
  task.is_waiting = true
  self.heap:push(task, task.created + task.seconds)
end

---The moment at which a question about the task sees it: now, or just before
---its end while others come first.
function Ends:moment(task, now)
  task.asked = now
  local due = task.created + task.seconds
  if not task.is_waiting or now < due then
    return now
  elseif self:turn(now) == task then
    self.heap:pop()
    task.is_waiting = false
  end
  return task.is_waiting and due - task.seconds * 1e-6 or now
end

return ends
