-- A keyed batch with a journal, for storm.lua, which kills it: says "ready", what
-- failed, and "end".
--
--   lua storm_child.lua BASE_URL JOURNAL FOLDER KEYS CEILING WAY
--
-- WAY is "stay" (wait for the kill after the end) or "leave".

local liangxin = require("liangxin")

local base_url, journal, folder, key_count, ceiling, way = (table.unpack or unpack)(arg)

io.stdout:setvbuf("line")

local client = liangxin.new({
  base_url = base_url,
  api_key = "storm-key",
  journal = journal,
  budget = { credits = tonumber(ceiling) },
  prices = { ["z-image"] = 0.137 },
  deadline = 300,
  retry = { attempts = 5, base = 0.02, max = 0.2 },
  poll = { first = 0.02, factor = 1, max = 0.02, jitter = 0 },
})

local keys = {}
for i = 1, tonumber(key_count) do
  keys[i] = "storm/" .. i
end

print("ready")
client:map(keys, function(key)
  local result, err = client:generate("z-image", { prompt = key }, {
    key = key,
    save = folder .. "/",
    callBackUrl = "https://studio.example/done",
  })
  if not result then
    print("failed", key, err.kind, err.message)
  end
end, { concurrency = #keys })
print("end")
if way == "stay" then
  client:sleep(3600)
end
client:close()
