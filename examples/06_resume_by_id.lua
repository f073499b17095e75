-- A task outlives the program that created it. Save its id in on_created, which
-- runs before anything else can go wrong, and any later process finds the task
-- again: no second task, no second bill.

package.path = arg[0]:match "^(.-)[^/\\]*$" .. "?.lua;" .. package.path
local liangxin = require "liangxin"
local service = require "support.service"

local folder = arg[1] or "demo"
local list = os.tmpname() -- your program: a file or a database that stays

-- The first process: creates a task, notes its id, and "crashes".
local function first_process()
  local client = service.open()
  liangxin.check(client:create({
    model = "imagen4-ultra",
    input = { prompt = "a message in a bottle, macro photograph" },
  }, {
    on_created = function(task_id)
      local file = assert(io.open(list, "a"))
      assert(file:write(task_id, "\n"))
      assert(file:close())
      print("noted " .. task_id)
    end,
  }))
  client:close()
end

first_process()
collectgarbage() -- stderr names the task: this client created it and never waited for it

-- The next one: knows nothing but the list.
local second = service.open()
for task_id in io.lines(list) do
  -- The model is not needed; with it the client knows how long such tasks take.
  local task = liangxin.check(second:task(task_id, { model = "imagen4-ultra" }))
  local result = liangxin.check(task:wait())
  local files = liangxin.check(result:save(folder .. "/"))
  print(("resumed %s: saved %s"):format(task_id, files[1].path))
end
os.remove(list)
second:close()
