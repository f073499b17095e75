-- A worker, for specs that kill it: sends what is enqueued until it is told to
-- end, and says what came of each.
--
--   lua work_child.lua BASE_URL JOURNAL [CONCURRENCY] [listen]

local liangxin = require("liangxin")

local base_url, journal, concurrency, listens = arg[1], arg[2], tonumber(arg[3] or 4), arg[4]

io.stdout:setvbuf("line")

local client = liangxin.new({
  base_url = base_url,
  api_key = "child-key",
  journal = journal,
  deadline = 120,
  retry = { attempts = 5, base = 0.02, max = 0.2 },
  poll = { first = 0.02, factor = 1.5, max = 0.5, jitter = 0 },
})

local listening = listens and assert(client:listen())
print("works", listening and listening.port)
local counts, failure = client:work(function(result, err, entry)
  print(result and "made" or "failed", entry.id, result and result.task_id or err.kind, err and err.message or "")
end, { concurrency = concurrency, until_empty = true })
print("end", counts and counts.done or failure, counts and counts.failed)
client:close()
