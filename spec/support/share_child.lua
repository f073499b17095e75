-- One of several processes that make tasks through one journal, for an account
-- whose limit they share. It says when the first is made.
--
--   lua share_child.lua BASE_URL JOURNAL REQUESTS_PER_SECOND [TASKS]

local liangxin = require("liangxin")

local base_url, journal, rate, tasks = arg[1], arg[2], tonumber(arg[3]), tonumber(arg[4] or 1e6)

local client = liangxin.new({
  base_url = base_url,
  api_key = "quick-test-key",
  journal = journal,
  max_requests_per_second = rate,
  deadline = 600,
  poll = { first = 0.02, factor = 1, max = 0.02, jitter = 0 },
})

io.stdout:setvbuf("line")

local made, is_told = 0, false
local function make()
  while made < tasks do
    made = made + 1
    liangxin.check(client:generate("z-image", { prompt = "a kite" }))
    if not is_told then
      is_told = true
      print("made")
    end
  end
end

client:map({ 1, 2, 3, 4, 5, 6, 7, 8 }, make)
client:close()
