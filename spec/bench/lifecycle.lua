-- What a task costs: N lifecycles (one create, then questions until success),
-- K at a time, with no pause between questions, all Lua included.
--
--   lua5.4 spec/bench/lifecycle.lua BASE N K [CA_FILE]
--
-- BASE is a server that answers at once (spec/bench/stub.c). Prints one JSON
-- line with the same fields as spec/bench/floor.c, which is what any client of
-- libcurl pays at least for the same requests. CPU is the whole process's, from
-- its start to after close, as it is there.

local liangxin = require "liangxin"
local core = require "liangxin.core"

local base, tasks, at_once = arg[1], tonumber(arg[2]), tonumber(arg[3])
if not (base and tasks and at_once) then
  io.stderr:write("usage: lifecycle.lua BASE N K [CA_FILE]\n")
  os.exit(2)
end

local client = liangxin.new {
  base_url = base,
  api_key = "sk-test",
  ca_file = arg[4],
  max_connections = math.min(at_once, 256),
  poll = { first = 0, factor = 1, max = 0, jitter = 0 },
}
local input = { prompt = "a tea bottle on a stone table", seed = 12345 }
local began = core.now()

client:run(function()
  local left = tasks
  local function worker()
    while left > 0 do
      left = left - 1
      liangxin.check(client:generate("z-image", input))
    end
  end
  for _ = 1, at_once do
    client:spawn(worker)
  end
end)

local wall = core.now() - began
local stats = client:stats()
client:close()
print(('{"client":"liangxin","tasks":%d,"requests":%d,"wall_s":%.3f,"tasks_per_s":%.0f,"cpu_us_per_task":%.1f}')
  :format(stats.succeeded, stats.requests, wall, tasks / wall, os.clock() * 1e6 / tasks))
