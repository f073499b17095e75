-- The order in which answers show tasks as ended, for tests: the order of their
-- ends, whichever is asked about first. Two tasks may end between two questions;
-- without this chance would decide. A task whose turn has not come still looks
-- unfinished. Reads no clock.

local heap = require("liangxin.sandbox.heap")

local ends = {}

-- A task that is no longer asked about holds up another for so long: short where
-- there were as many questions about the other one, long without, for where the
-- whole process stands still nobody is asked about. It is kept for so long while
-- there are no questions at all.
local PATIENCE_SECONDS = 0.25
local PATIENCE_QUESTIONS = 8
local PATIENCE_LONG_SECONDS = 1
local KEPT_SECONDS = 60

local Ends = {}
Ends.__index = Ends

function ends.new()
  return setmetatable({ heap = heap.new() }, Ends)
end

local function last_asked(task)
  local asked = task.asked
  return asked and asked[#asked] or task.created
end

-- Lets go of the first ones while nobody has asked about them for longer than
-- `seconds`, nor since `moment`.
function Ends:let_go(now, seconds, moment)
  local first, due = self.heap:first()
  while
    first
    and now - math.max(due, last_asked(first)) > seconds
    and last_asked(first) < moment
  do
    self.heap:pop()
    first.is_waiting = false
    first, due = self.heap:first()
  end
end

---Waits for the task's turn from here on. Not for a task that never ends, nor
---for one whose id nobody knows.
function Ends:add(task)
  self:let_go(task.created, KEPT_SECONDS, math.huge)
  task.is_waiting = true
  self.heap:push(task, task.created + task.seconds)
end

---A question about the task came, whatever the answer will be.
function Ends.ask(_, task, now)
  local asked = task.asked or {}
  task.asked = asked
  asked[#asked + 1] = now
  if #asked > PATIENCE_QUESTIONS then
    table.remove(asked, 1)
  end
end

---The moment at which an answer about the task sees it: now, or just before its
---end while others come first.
function Ends:moment(task, now)
  local due = task.created + task.seconds
  if not task.is_waiting or now < due then
    return now
  end
  self:let_go(now, PATIENCE_LONG_SECONDS, math.huge)
  if #task.asked == PATIENCE_QUESTIONS then
    self:let_go(now, PATIENCE_SECONDS, task.asked[1])
  end
  if self.heap:first() == task then
    self.heap:pop()
    task.is_waiting = false
  end
  return task.is_waiting and due - task.seconds * 1e-6 or now
end

return ends
