-- Talks to a sandbox over plain HTTP, by luasocket: what it says must be what
-- the service says, so nothing of our own client is used here.

local http = require("socket.http")
local json = require("cjson").new()
local ltn12 = require("ltn12")
local luassert = require("luassert")
local sandbox = require("liangxin.sandbox")

local client = {
  CREATE = "/api/v1/jobs/createTask",
  QUERY = "/api/v1/jobs/recordInfo?taskId=",
}

local running = {}

---A sandbox that client.stop_all() stops.
function client.start(options)
  local box = assert(sandbox.start(options))
  running[#running + 1] = box
  return box
end

function client.stop_all()
  for _, box in ipairs(running) do
    box.stop()
  end
  running = {}
end

---One exchange: status, body, headers. With the key, unless headers are given.
function client.fetch(box, method, target, body, headers)
  headers = headers or { authorization = "Bearer " .. box.api_key }
  if body then
    headers["content-length"] = #body
    headers["content-type"] = "application/json"
  end
  local out = {}
  local _, status, answered = http.request({
    url = target:match("^http:") and target or box.base_url .. target,
    method = method,
    headers = headers,
    source = body and ltn12.source.string(body),
    sink = ltn12.sink.table(out),
  })
  return status, table.concat(out), answered
end

---createTask: status, decoded answer, headers.
function client.create(box, request)
  local status, body, headers =
    client.fetch(box, "POST", client.CREATE, json.encode(request))
  return status, json.decode(body), headers
end

---The id of a task that must be accepted; z-image unless a model is given.
function client.created(box, input, model)
  local status, answer =
    client.create(box, { model = model or "z-image", input = input })
  luassert.equal(200, status)
  return answer.data.taskId
end

---recordInfo: decoded answer, status, headers.
function client.query(box, id)
  local status, body, headers = client.fetch(box, "GET", client.QUERY .. id)
  return json.decode(body), status, headers
end

---The first result URL of a task that must have succeeded.
function client.url_of(box, id)
  local answer = client.query(box, id)
  luassert.equal("success", answer.data.state)
  return json.decode(answer.data.resultJson).resultUrls[1]
end

return client
