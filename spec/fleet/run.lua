-- `make fleet`: both storms, one behind the other, and a count of what passed.
--
--   lua run.lua CLOCK_LIBRARY TASKS KILLS [SEED]

local child = require("spec.support.child")

local clock, tasks, kills = arg[1], tonumber(arg[2]), tonumber(arg[3])
local seed = tonumber(arg[4]) or os.time() % 100000
local passed, failed = 0, 0

local function run(script, ...)
  local _, said = child.run("spec/fleet/" .. script, { clock, ... })
  local ok, bad = said:match("(%d+) passed, (%d+) failed%s*$")
  print(said)
  passed, failed = passed + (ok or 0), failed + (bad or 1)
end

io.stdout:setvbuf("line")
run("kills.lua", tasks, kills, seed)
run("failover.lua", math.min(math.max(math.floor(tasks / 5), 60), 400), seed)
print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0 and 0 or 1)
