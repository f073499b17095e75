-- Coroutines over socket.select: every connection of the fault server is one,
-- written as if it blocked. Knows sockets and time, nothing of HTTP. A
-- coroutine that raises is a bug of the server and ends it, loudly.

local socket = require("socket")

---@class fault.Loop
local loop = {}
loop.__index = loop

---@return fault.Loop
function loop.new()
  return setmetatable({ tasks = {}, ready = {}, stopped = false }, loop)
end

---Start `body(...)` at the next turn.
---@param body function
---@return table task
function loop:spawn(body, ...)
  local task = { thread = coroutine.create(body), arguments = table.pack(...) }
  self.ready[#self.ready + 1] = task
  return task
end

---Called inside a task: wait until `socket` can be read or written, or until a
---deadline (of socket.gettime), or until somebody calls `release`.
---@param want {read:table?, write:table?, deadline:number?, parked:boolean?}
---@return "ready"|"timeout"|"released"
function loop.wait(want)
  return coroutine.yield(want)
end

local function resume(self, task, ...)
  self.tasks[task] = nil
  local ok, want = coroutine.resume(task.thread, ...)
  if not ok then
    error(debug.traceback(task.thread, tostring(want)), 0)
  end
  if coroutine.status(task.thread) == "dead" then
    return
  end
  task.want = want
  self.tasks[task] = want
end

---Wake every task that is parked.
---@return integer count
function loop:release()
  local count = 0
  for task, want in pairs(self.tasks) do
    if want.parked then
      want.released = true
      self.ready[#self.ready + 1] = task
      count = count + 1
    end
  end
  return count
end

---Forget tasks whose sockets the caller has closed.
---@param is_over fun(want: table): boolean
function loop:forget(is_over)
  for task, want in pairs(self.tasks) do
    if is_over(want) then
      self.tasks[task] = nil
    end
  end
end

local function start_ready(self)
  while #self.ready > 0 do
    local ready = self.ready
    self.ready = {}
    for _, task in ipairs(ready) do
      if task.arguments then
        local arguments = task.arguments
        task.arguments = nil
        resume(self, task, table.unpack(arguments, 1, arguments.n))
      elseif self.tasks[task] then
        resume(self, task, "released")
      end
    end
  end
end

local function verdict(want, readable, writable, now)
  if want.read and readable[want.read] then
    return "ready"
  elseif want.write and writable[want.write] then
    return "ready"
  elseif want.deadline and now >= want.deadline then
    return "timeout"
  end
  return nil
end

---One turn: start what is ready, sleep in select until something happens, wake
---whom it concerns.
---@param until_time number of socket.gettime, when to return at the latest
function loop:turn(until_time)
  start_ready(self)
  if self.stopped then
    return
  end
  local reads, writes, wake_at = {}, {}, until_time
  for _, want in pairs(self.tasks) do
    reads[#reads + 1] = want.read
    writes[#writes + 1] = want.write
    if want.deadline and want.deadline < wake_at then
      wake_at = want.deadline
    end
  end
  local timeout = math.max(0, wake_at - socket.gettime())
  local readable, writable = socket.select(reads, writes, timeout)
  local now = socket.gettime()
  local due = {}
  for task, want in pairs(self.tasks) do
    local why = verdict(want, readable, writable, now)
    if why then
      due[#due + 1] = { task, why }
    end
  end
  for _, entry in ipairs(due) do
    -- An earlier one of this turn may have ended this task.
    if self.tasks[entry[1]] then
      resume(self, entry[1], entry[2])
    end
  end
end

function loop:stop()
  self.stopped = true
end

return loop
