-- A worker of the storm: sends what is enqueued until a file says that it is over.
--
--   lua worker.lua BASE_URL JOURNAL CONCURRENCY OVER

local liangxin = require("liangxin")

local base_url, journal, concurrency, over = arg[1], arg[2], tonumber(arg[3]), arg[4]

io.stdout:setvbuf("line")

local client = liangxin.new({
  base_url = base_url,
  api_key = "fleet-key",
  journal = journal,
  deadline = 3600,
  retry = { attempts = 5, base = 0.02, max = 0.2 },
  poll = { first = 0.1, factor = 1.5, max = 2, jitter = 0 },
})

local function is_over()
  local file = io.open(over)
  if file then
    file:close()
  end
  return file ~= nil
end

print("port", assert(client:listen()).port)
local counts, err
repeat
  counts, err = client:work(function(result, failure, entry)
    if not result then
      print("failed", entry.id, failure.kind, failure.message)
    end
  end, { concurrency = concurrency, is_over = is_over })
  if not counts then
    print("gave up", err.kind, err.message)
    client:sleep(1)
  end
until counts
print("end", counts.done, counts.failed)
client:close()
