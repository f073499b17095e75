-- A task as recordInfo and callbacks show it. Pure.

local answers = require("liangxin.sandbox.answers")
local json = require("liangxin.sandbox.json")
local tasks = require("liangxin.sandbox.tasks")

local record = {}

local function milliseconds(seconds)
  return math.floor(seconds * 1000 + 0.5)
end

---The URL of a result, signed like the service's upstream signs: a query that
---must be kept byte for byte.
function record.url(base_url, task)
  return ("%s/files/%s-1.%s?token=exp=%d~hmac=%08x%%2F%d"):format(
    base_url,
    task.id,
    task.extension,
    math.floor(task.created_wall) + 86400,
    task.token,
    task.link
  )
end

---`data` as JSON text. Written by hand: this is the hottest answer, and an
---encoder that takes tables would not keep integers whole on every Lua.
function record.data(base_url, task, now)
  local state, entered = tasks.state(task, now)
  local result, code, message = "", "", ""
  local complete, cost, credits = "null", "null", ""
  local created = milliseconds(task.created_wall)
  if state == "success" then
    result = json.encode({ resultUrls = { record.url(base_url, task) } })
    credits = ',"creditsConsumed":' .. answers.number(task.price)
  elseif state == "fail" then
    code, message = task.ends.code, task.ends.message
  end
  if state == "success" or state == "fail" then
    local taken = milliseconds(task.seconds)
    complete = ("%d"):format(created + taken)
    cost = ("%d"):format(taken)
  end
  return ('{"taskId":"%s","model":%s,"state":"%s","param":%s,'
    .. '"resultJson":%s,"failCode":%s,"failMsg":%s,"costTime":%s,'
    .. '"completeTime":%s,"createTime":%d,"updateTime":%d%s}'):format(
    task.id,
    task.model_json,
    state,
    task.param_json,
    json.encode(result),
    json.encode(code),
    json.encode(message),
    cost,
    complete,
    created,
    created + milliseconds(entered),
    credits
  )
end

return record
