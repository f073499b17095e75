-- 1,000 tasks of 3.25 s started together by a client that knows nothing yet,
-- with its defaults: requests, sockets, CPU, memory, and the lag from a task's
-- end, as the stub's record tells it, to the moment its job goes on.

local liangxin = require("liangxin")
local socket = require("socket")
local measure = require("spec.bench.measure")

local TASKS = measure.size(1000, 50)
local TASK_MS = measure.size(3250, 300)

local stub = measure.stub("--ms", TASK_MS, TASK_MS)
local client = liangxin.new({ base_url = stub.base_url, api_key = "sk-test" })
local lags = {}

client:run(function()
  for _ = 1, TASKS do
    client:spawn(function()
      local result = liangxin.check(client:generate("z-image", { prompt = "one of a herd" }))
      lags[#lags + 1] = socket.gettime() - result.record.completed_ms / 1000
    end)
  end
end)

local cpu, peak = os.clock(), measure.peak()
local requests = client:stats().requests
client:close()
local seen = stub:stats()
stub:stop()
if #lags ~= TASKS or seen.created ~= TASKS or seen.finished ~= TASKS then
  error(("%d of %d tasks were told"):format(#lags, TASKS), 0)
end

measure.tell({ figure = "requests", value = requests, unit = "", at_most = 3000,
  note = "creates included" })
-- The connection that asks for the counts is one of the stub's.
measure.tell({ figure = "sockets", value = seen.conns - 1, unit = "", at_most = 8 })
measure.tell({ figure = "CPU", value = cpu, unit = "s", under = 0.8, note = "starting up included" })
measure.tell({ figure = "peak RSS", value = peak / 1e6, unit = "MB", under = 20 })
measure.tell({ figure = "lag p50", value = measure.percentile(lags, 0.5), unit = "s", under = 0.25 })
measure.tell({ figure = "lag p99", value = measure.percentile(lags, 0.99), unit = "s" })
measure.quote("fal: 8,000 requests, 1,723 sockets, 3.7 s CPU, 221 MB, lag p50 0.94 s")
measure.quote("replicate: 7,150 requests, 1,657 sockets, 2.7 s CPU, 200 MB, lag p50 0.55 s")
measure.quote("runway: 2,000 requests, 1,000 sockets, 2.3 s CPU, 175 MB, lag p50 2.8 s")
measure.quote("kie-ai-mcp: 3,058 requests, 16 sockets, 2.2 s CPU, 148 MB, lag p50 0.8 s")
measure.quote("LuaJIT + lua-http: 8,435 requests, 8,435 sockets, 0.8 s CPU, 40 MB, lag p50 0.58 s")
