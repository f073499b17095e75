-- report.lua: err:report(), the bundle that one hands to the service's support.
-- It may be pasted anywhere, so it holds no key, no prompt, no callback token
-- and no signature of a result URL. Knows only the fields of an error.

local errors = require "liangxin.errors"
local json = require "liangxin.json"

local M = {}

local DEPTH_MAX = 32 -- JSON inside JSON inside ...
local SHORT = 64 -- bytes

local function count(text)
  return ("<%d bytes>"):format(#text)
end

local function cut_url(text)
  return (text:gsub("^([^?#]*)[?#].*$", "%1?..."))
end

-- Text around URLs and what looks like a key.
local function mask_words(text)
  text = text:gsub("(%a[%w+.-]*://[^%s?#\"'<>]*)[?#][^%s\"'<>(){}|\\^`%[%]]*", "%1?***")
  return (text:gsub("%f[%w]([sS][kK]%-)[%w_*.~+/=-]+", "%1***"))
end

local redact

-- `is_input`: the text is inside the request's `input`, where any long value
-- may be a prompt by another name.
local function redact_text(text, key, is_input, secrets, depth)
  local name = type(key) == "string" and key:lower() or ""
  if name:find("prompt", 1, true) or name == "text" then
    secrets[#secrets + 1] = text
    return count(text)
  elseif text:find("^data:") then
    return "<data URI of " .. #text .. " bytes>"
  elseif text:find("^%a[%w+.-]*://") then
    if text:find("[?#]") then
      secrets[#secrets + 1] = text
    end
    return cut_url(text)
  elseif text:find("^%s*[{%[]") then
    local inner = json.decode(text)
    if type(inner) == "table" then
      return json.encode(redact(inner, nil, is_input, secrets, depth + 1)) or count(text)
    end
  end
  if is_input and #text > SHORT then
    secrets[#secrets + 1] = text
    return count(text)
  end
  return mask_words(text)
end

function redact(value, key, is_input, secrets, depth)
  if depth > DEPTH_MAX then
    return "..."
  elseif type(value) == "string" then
    return redact_text(value, key, is_input, secrets, depth)
  elseif type(value) ~= "table" then
    return value
  end
  local out = {}
  for name, item in pairs(value) do
    -- A list of prompts is as secret as one.
    local inner_key = type(name) == "number" and key or name
    out[name] = redact(item, inner_key, is_input or name == "input", secrets, depth + 1)
  end
  return out
end

local function json_line(text, secrets)
  local value = json.decode(text)
  if type(value) ~= "table" then
    return count(text)
  end
  return json.encode(redact(value, nil, false, secrets, 0)) or count(text)
end

-- The service may echo a prompt anywhere, in a failMsg for instance.
local function erase(text, secrets)
  table.sort(secrets, function(a, b) return #a > #b end)
  for _, secret in ipairs(secrets) do
    if #secret >= 4 then
      local pattern = secret:gsub("%p", "%%%0"):gsub("%z", "%%z")
      text = text:gsub(pattern, "<removed>")
    end
  end
  return text
end

--- A service's words for an error: without the prompts of `request` (the text
--- of one, may be nil), the queries of URLs, and what looks like a key.
function M.clean(text, request)
  local secrets = {}
  if request then
    json_line(request, secrets)
  end
  return mask_words(erase(text, secrets))
end

-- Rows of the report: label and field of the error.
local ROWS = {
  { "kind", "kind" },
  { "message", "message" },
  { "charged", "charged" },
  { "HTTP status", "http_status" },
  { "API code", "api_code" },
  { "request id", "request_id" },
  { "task id", "task_id" },
  { "fail code", "fail_code" },
  { "fail message", "fail_msg" },
  { "stage", "stage" },
  { "attempts", "attempts" },
  { "retry after", "retry_after" },
}

--- The report on `err` as lines of "label: value".
function M.text(err)
  local lines, secrets = { "liangxin error report" }, {}
  local request = errors.request_of(err)
  local answer = err.record and err.record.body
  local request_text = request and json_line(request, secrets)
  local answer_text = answer and json_line(answer, secrets)
  local model = err.record and err.record.model or err.task and err.task.model
  local decoded = not model and request and json.decode(request)
  if type(decoded) == "table" then
    model = decoded.model
  end
  for _, row in ipairs(ROWS) do
    local value = err[row[2]]
    if value ~= nil then
      lines[#lines + 1] = ("%s: %s"):format(row[1], (tostring(value):gsub("%c+", " ")))
    end
  end
  lines[#lines + 1] = "model: " .. (model and tostring(model) or "unknown")
  if err.cause then
    lines[#lines + 1] = "cause: " .. tostring(err.cause)
  end
  lines[#lines + 1] = "request: " .. (request_text or "not kept")
  lines[#lines + 1] = "answer: " .. (answer_text or "none")
  return erase(table.concat(lines, "\n"), secrets) .. "\n"
end

return M
