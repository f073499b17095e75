-- The order in which answers show tasks as ended, for tests: the order of their
-- ends, whichever is asked about first. Two tasks may end between two questions;
-- without this chance would decide. A task whose turn has not come still looks
-- unfinished. Reads no clock.

local heap = require("liangxin.sandbox.heap")

local ends = {}

-- A task that is no longer asked about holds up those behind it for so long, and
-- for so many questions about each: where the whole process stands still nobody
-- is asked about. And it is kept for so long while there are no questions at all.
local PATIENCE_SECONDS = 0.25
local PATIENCE_QUESTIONS = 4
local KEPT_SECONDS = 60

local Ends = {}
Ends.__index = Ends

function ends.new()
  return setmetatable({ heap = heap.new() }, Ends)
end

-- Lets go of the first ones while nobody has asked about them for longer than
-- `seconds`, and those behind were asked about `questions` times each.
function Ends:let_go(now, seconds, questions)
  local first, due = self.heap:first()
  while
    first
    and now - math.max(due, first.asked or 0) > seconds
    and first.passed_over >= questions * self.heap.count
  do
    self.heap:pop()
    first.is_waiting = false
    first, due = self.heap:first()
  end
end

-- The first that waits and still counts, as a question about `task` comes.
function Ends:turn(task, now)
  self:let_go(now, PATIENCE_SECONDS, PATIENCE_QUESTIONS)
  local first = self.heap:first()
  if first and first ~= task then
    first.passed_over = first.passed_over + 1
  end
  return first
end

---Waits for the task's turn from here on. Not for a task that never ends, nor
---for one whose id nobody knows.
function Ends:add(task)
  self:let_go(task.created, KEPT_SECONDS, 0)
  task.is_waiting, task.passed_over = true, 0
  self.heap:push(task, task.created + task.seconds)
end

---A question about the task came, whatever the answer will be.
function Ends.ask(_, task, now)
  task.asked, task.passed_over = now, 0
end

---The moment at which an answer about the task sees it: now, or just before its
---end while others come first.
function Ends:moment(task, now)
  local due = task.created + task.seconds
  if not task.is_waiting or now < due then
    return now
  elseif self:turn(task, now) == task then
    self.heap:pop()
    task.is_waiting = false
  end
  return task.is_waiting and due - task.seconds * 1e-6 or now
end

return ends
