-- The tasks and how they age. Nothing happens to a task between two questions
-- about it: its state is a function of the time since it was made, so ten
-- thousand waiting tasks cost nothing. Reads no clock; knows no HTTP.

local random = require("liangxin.sandbox.random")

local tasks = {}

-- The oldest tasks are forgotten beyond these.
local COUNT_MAX = 200000
local BYTES_MAX = 256 * 1024 * 1024

-- Up to which share of its time a task is in a state.
local STATES = {
  { name = "waiting", until_share = 0.1 },
  { name = "queuing", until_share = 0.25 },
  { name = "generating", until_share = 1 },
}

local LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

local Tasks = {}
Tasks.__index = Tasks

---@param seed integer
---@param seconds table<string, number> by kind of model
---@param speed number
function tasks.new(seed, seconds, speed)
  local self = setmetatable({
    last = 0,
    seconds = seconds,
    speed = speed,
    seed = seed,
  }, Tasks)
  self:reset()
  return self
end

---Forgets all tasks. Seeds begin anew; ids do not, so that none comes twice.
function Tasks:reset()
  self.by_id = {}
  self.order = {}
  self.first = self.last + 1
  self.made = 0
  self.bytes = 0
  self.next_random = random.generator(self.seed)
end

local function letters(number, count)
  local text = {}
  for i = count, 1, -1 do
    local digit = number % 32
    text[i] = LETTERS:sub(digit + 1, digit + 1)
    number = (number - digit) / 32
  end
  return table.concat(text)
end

-- lx_task_ and a ULID: ten letters of time, sixteen of chance, the last four
-- of which count, so that no two are the same.
function Tasks:new_id(wall)
  local chance = {}
  for i = 1, 3 do
    chance[i] = letters(self.next_random(), 4)
  end
  return "lx_task_"
    .. letters(math.floor(wall * 1000), 10)
    .. table.concat(chance)
    .. letters(self.last % 1048576, 4)
end

function Tasks:forget_oldest()
  local task = self.order[self.first]
  self.order[self.first] = nil
  self.first = self.first + 1
  self.bytes = self.bytes - #task.param
  self.by_id[task.id] = nil
end

---Makes a task of `fields`: model, kind, param (the request as text), prompt,
---seed, faults (set of rows), callback. Times in seconds.
function Tasks:create(fields, now, wall)
  local task = fields
  local seconds = self.seconds[task.kind]
  for _, fault in ipairs(task.faults) do
    seconds = seconds * (fault.slowness or 1)
    task.stays = task.stays or fault.stays
    task.ends = task.ends or fault.ends
    task.dead_link = task.dead_link or fault.dead_link
    task.query = task.query or fault.query
  end
  task.created = now
  task.created_wall = wall
  task.seconds = seconds / self.speed
  task.id = self:new_id(wall)
  task.seed = task.seed or random.hash(task.prompt, self.seed + self.made)
  task.queries = 0
  task.link = 1
  self.last = self.last + 1
  self.made = self.made + 1
  self.order[self.last] = task
  self.by_id[task.id] = task
  self.bytes = self.bytes + #task.param
  while
    self.last - self.first >= COUNT_MAX
    or (self.bytes > BYTES_MAX and self.first < self.last)
  do
    self:forget_oldest()
  end
  return task
end

function Tasks:find(id)
  return self.by_id[id]
end

---The state word, and how long after its creation the task entered it.
---@return string state
---@return number entered seconds
function tasks.state(task, now)
  local age = now - task.created
  local entered = 0
  for _, state in ipairs(STATES) do
    local leaves = task.seconds * state.until_share
    if age < leaves or state.name == task.stays then
      return state.name, entered
    end
    entered = leaves
  end
  return task.ends and "fail" or "success", entered
end

return tasks
