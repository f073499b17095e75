-- Run by proxy_spec.lua in a process of its own, for the environment: asks once
-- about a task and prints what came, and the error's kind without a record.
--   proxy_child.lua BASE_URL

local client = require("liangxin").new({
  base_url = arg[1], api_key = "proxy-test-key", allow_http = true,
})
local record, err = client:query("task_1")
print(record and record.state or err.kind)
client:close()
