-- Creates under a ceiling that others share: says how many were made, and how many
-- the ceiling refused.
--
--   lua ceiling_child.lua BASE_URL JOURNAL CREATES CEILING [day]

local liangxin = require("liangxin")

local base_url, journal, creates, ceiling, per = (table.unpack or unpack)(arg)

local client = liangxin.new({
  base_url = base_url,
  api_key = "ceiling-key",
  journal = journal,
  budget = { credits = tonumber(ceiling), per = per },
  prices = { ["z-image"] = 0.137 },
  max_connections = 16,
  deadline = 600,
})

local list, made, refused = {}, 0, 0
for i = 1, tonumber(creates) do
  list[i] = i
end
io.write("ready\n")
io.flush()
client:map(list, function()
  local task, err = client:create({ model = "z-image", input = { prompt = "a coin" } }, { watch = false })
  if task then
    made = made + 1
  elseif err.kind == "budget" then
    refused = refused + 1
  else
    print("failed", err)
  end
end, { concurrency = 64 })
print("made", made, refused)
client:close()
