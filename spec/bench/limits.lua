-- The platform's stock limit, live: 180 requests in 180 s, an empty 429 beyond,
-- and 100 tasks of a client with its defaults. Takes minutes and hardly any CPU;
-- the same in simulated time, and other limits, is spec/c/test_limiter_platform.c.

local liangxin = require("liangxin")
local measure = require("spec.bench.measure")

local TASKS = measure.size(100, 12)
local REQUESTS = measure.size(180, 20)
local WINDOW_S = measure.size(180, 2)
local LEARNING_S = measure.size(60, 0.5)

local stub = measure.stub("--limit", REQUESTS, WINDOW_S * 1000, "--ms", WINDOW_S * 1000 / 36,
  WINDOW_S * 1000 / 6)
local client = liangxin.new({ base_url = stub.base_url, api_key = "sk-test" })
local began, found, early = measure.now(), 0, nil

local function sent(stats)
  return stats.created + stats.polls + stats.refused
end

client:run(function()
  for _ = 1, TASKS do
    client:spawn(function()
      liangxin.check(client:generate("z-image", { prompt = "one under a limit" }))
      found = found + 1
    end)
  end
  client:sleep(LEARNING_S)
  early = stub:stats()
end)

local seconds = measure.now() - began
client:close()
local all = stub:stats()
stub:stop()
local late = sent(all) - sent(early)
if late == 0 then
  error("all was over before the limit mattered", 0)
end

local limit = ("%d requests in %d s"):format(REQUESTS, WINDOW_S)
measure.tell({ figure = "tasks found", value = found, unit = "", at_least = TASKS, note = limit })
measure.tell({ figure = "refused after the first minute", value = (all.refused - early.refused) / late * 100,
  unit = "%", under = 2, note = ("%d of %d requests"):format(all.refused - early.refused, late) })
measure.tell({ figure = "refused in all", value = all.refused / sent(all) * 100, unit = "%",
  note = ("%d of %d requests"):format(all.refused, sent(all)) })
measure.tell({ figure = "until all were found", value = seconds, unit = "s" })
