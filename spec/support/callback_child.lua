-- A process that shares a journal and makes nothing: it gets the callbacks of
-- others' tasks.
--
--   lua callback_child.lua BASE_URL JOURNAL         listens until it is killed
--   lua callback_child.lua BASE_URL JOURNAL BODY    hands BODY to client:notify, ends when the
--                                                 journal has the task of its entry

local liangxin = require("liangxin")

local base_url, journal, body = arg[1], arg[2], arg[3]

io.stdout:setvbuf("line")

local client = liangxin.new({ base_url = base_url, api_key = "quick-test-key", journal = journal })
if body then
  assert(client:notify(body))
  while not assert(client.journal:entries())().task_id do -- until what it named is confirmed
    client:sleep(0.01)
  end
  client:close()
else
  print(assert(client:listen()).port)
  while client:sleep(60) do end
end
