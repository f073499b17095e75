-- The shapes of answers that one host gives: the task layer's envelope (A),
-- the platform's errors (B), the web page for all other paths (F). See the
-- protocol notes on error bodies. Pure.

local json = require("liangxin.sandbox.json")

local answers = {}

local JSON = "application/json; charset=utf-8"
local HTML = "text/html; charset=utf-8"

---@param value number
---@param places? integer after the point; else as many as it takes
---@return string text with a point in every locale
function answers.number(value, places)
  local format = places and "%." .. places .. "f" or "%.14g"
  return (format:format(value):gsub(",", "."))
end

---A JSON text as it is.
function answers.json(status, body)
  return status, { ["Content-Type"] = JSON }, body
end

---Shape A, and every success of the task layer.
function answers.task(status, code, message, data)
  local body = ('{"code":%d,"msg":%s,"data":%s}'):format(
    code,
    json.encode(message),
    data or "null"
  )
  return answers.json(status, body)
end

---A refusal of the task layer: status and code agree.
function answers.refusal(status, message)
  return answers.task(status, status, message)
end

---Shape B: the platform says no before the task layer is reached. The request
---id is appended to the text, as new-api does.
function answers.platform(status, message, code, request_id)
  local body = ('{"error":{"message":%s,"type":"new_api_error",'
    .. '"code":%s}}'):format(
    json.encode(("%s (request id: %s)"):format(message, request_id)),
    json.encode(code or "")
  )
  return answers.json(status, body)
end

---Shape B'': no such route.
function answers.no_route(method, path)
  local body = ('{"error":{"message":%s,"type":"invalid_request_error",'
    .. '"param":"","code":""}}'):format(
    json.encode(("Invalid URL (%s %s)"):format(method, path))
  )
  return answers.json(404, body)
end

---Shape F: the dashboard, answered with 200 for every path outside the API.
function answers.dashboard()
  local body = "<!doctype html><html><head><title>New API</title></head>"
    .. '<body><div id="root"></div></body></html>'
  return 200, { ["Content-Type"] = HTML }, body
end

---What a content network says about a file: a small page, no JSON.
function answers.page(status, title)
  local body = ("<html>\r\n<head><title>%d %s</title></head>\r\n<body>\r\n"
    .. "<center><h1>%d %s</h1></center>\r\n<hr><center>nginx</center>\r\n"
    .. "</body>\r\n</html>\r\n"):format(status, title, status, title)
  return status, { ["Content-Type"] = "text/html" }, body
end

return answers
