-- The same tasks of about 2 s, a few at a time, with a client that only asks and
-- with one that listens: queries a task, and the lag from a task's end to the
-- moment its job goes on. The sandbox calls back over loopback. Then with a journal
-- and a listener in another process, which the owner of the tasks shares.

local liangxin = require("liangxin")
local sandbox = require("liangxin.sandbox")
local socket = require("socket")
local child = require("spec.support.child")
local folders = require("spec.support.folder")
local measure = require("spec.bench.measure")
local postgres = require("spec.support.postgres")

local TASKS = measure.size(300, 20)
local AT_ONCE = 10

-- `journal`: the callbacks come to another process that shares it.
local function run(listens, journal)
  local service = assert(sandbox.start({ speed = measure.size(1, 10) }))
  local client = liangxin.new({ base_url = service.base_url, api_key = service.api_key, journal = journal })
  local listener = journal and child.start("spec/support/callback_child.lua", { service.base_url, journal })
  local url = listener and ("http://127.0.0.1:%s/"):format(listener:line())
  if listens then
    liangxin.check(client:listen())
  end
  local lags, list = {}, {}
  for i = 1, TASKS do
    list[i] = i
  end
  client:map(list, function(i)
    local input = { prompt = "called back", seed = i }
    local task = liangxin.check(client:create({ model = "z-image", input = input, callBackUrl = url }))
    local result = liangxin.check(task:wait())
    lags[i] = socket.gettime() - result.record.completed_ms / 1000
  end, { concurrency = AT_ONCE })
  client:close()
  if listener then
    listener:kill("KILL")
    listener:finish()
  end
  local counters = service.counters()
  service.stop()
  if counters.billed ~= TASKS then
    error(("%d of %d tasks were made"):format(counters.billed, TASKS), 0)
  end
  return counters.queries / TASKS, measure.percentile(lags, 0.5), measure.percentile(lags, 0.99)
end

local function tell_shared(name, journal)
  local queries, p50, p99 = run(false, journal)
  local note = "the callbacks come to another process"
  measure.tell({ figure = "queries a task, " .. name, value = queries, unit = "", note = note })
  measure.tell({ figure = "lag p50, " .. name, value = p50, unit = "s", under = 0.05, note = note })
  measure.tell({ figure = "lag p99, " .. name, value = p99, unit = "s", note = note })
end

local asking, asking_p50 = run(false)
local listening, p50, p99 = run(true)
measure.tell({ figure = "queries a task, asking", value = asking, unit = "", note = "the first tasks included" })
measure.tell({ figure = "queries a task, listening", value = listening, unit = "", note = "likewise" })
measure.tell({ figure = "lag p50, asking", value = asking_p50, unit = "s" })
measure.tell({ figure = "lag p50, listening", value = p50, unit = "s", under = 0.05 })
measure.tell({ figure = "lag p99, listening", value = p99, unit = "s" })

local folder = folders.new()
tell_shared("SQLite", folder .. "/studio.db")
folders.remove(folder)

local server, missing = postgres.start()
if server then
  tell_shared("PostgreSQL", (server:fresh()))
  server:stop()
else
  io.stderr:write(missing, "\n")
end
