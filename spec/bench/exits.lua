-- The loop of processes that exit in every way with HTTPS in flight:
--
--   lua spec/bench/exits.lua [N]      N processes in all, default 300
--
-- Prints a table: way of exit, processes, those that ended with the status that
-- the way has, and crashes (ended by a signal that nobody sent).

local exits = require("spec.support.exits")
local fault_client = require("spec.support.fault_client")

local count = tonumber((...)) or 300

local function crashed(way, status)
  return status == nil or status > 128 and status ~= way.status
end

local server = fault_client.start({ tls = true })
exits.prepare(server)
local runs, good, crashes = {}, {}, {}
for i, _ in ipairs(exits.WAYS) do
  runs[i], good[i], crashes[i] = 0, 0, 0
end
for n = 1, count do
  local i = (n - 1) % #exits.WAYS + 1
  local way = exits.WAYS[i]
  local status, said = exits.run(server, way)
  runs[i] = runs[i] + 1
  if status == way.status then
    good[i] = good[i] + 1
  else
    io.stderr:write(("%s ended with %s: %s\n"):format(way.name, tostring(status), said))
  end
  if crashed(way, status) then
    crashes[i] = crashes[i] + 1
  end
end
server:stop()

local ROW = "%-32s %9s %9s %9s"
local all_runs, all_good, all_crashes = 0, 0, 0
print(ROW:format("exit with HTTPS in flight", "processes", "as meant", "crashes"))
for i, way in ipairs(exits.WAYS) do
  print(ROW:format(way.name, runs[i], good[i], crashes[i]))
  all_runs, all_good = all_runs + runs[i], all_good + good[i]
  all_crashes = all_crashes + crashes[i]
end
print(ROW:format("all", all_runs, all_good, all_crashes))
os.exit(all_good == all_runs and 0 or 1)
