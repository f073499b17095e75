-- The same tasks of about 2 s, a few at a time, with a client that only asks and
-- with one that listens: queries a task, and the lag from a task's end to the
-- moment its job goes on. The sandbox calls back over loopback.

local liangxin = require("liangxin")
local sandbox = require("liangxin.sandbox")
local socket = require("socket")
local measure = require("spec.bench.measure")

local TASKS = measure.size(300, 20)
local AT_ONCE = 10

local function run(listens)
  local service = assert(sandbox.start({ speed = measure.size(1, 10) }))
  local client = liangxin.new({ base_url = service.base_url, api_key = service.api_key })
  if listens then
    liangxin.check(client:listen())
  end
  local lags, list = {}, {}
  for i = 1, TASKS do
    list[i] = i
  end
  client:map(list, function(i)
    local result = liangxin.check(client:generate("z-image", { prompt = "called back", seed = i }))
    lags[i] = socket.gettime() - result.record.completed_ms / 1000
  end, { concurrency = AT_ONCE })
  client:close()
  local counters = service.counters()
  service.stop()
  if counters.billed ~= TASKS then
    error(("%d of %d tasks were made"):format(counters.billed, TASKS), 0)
  end
  return counters.queries / TASKS, measure.percentile(lags, 0.5), measure.percentile(lags, 0.99)
end

local asking, asking_p50 = run(false)
local listening, p50, p99 = run(true)
measure.tell({ figure = "queries a task, asking", value = asking, unit = "", note = "the first tasks included" })
measure.tell({ figure = "queries a task, listening", value = listening, unit = "", note = "likewise" })
measure.tell({ figure = "lag p50, asking", value = asking_p50, unit = "s" })
measure.tell({ figure = "lag p50, listening", value = p50, unit = "s", under = 0.05 })
measure.tell({ figure = "lag p99, listening", value = p99, unit = "s" })
