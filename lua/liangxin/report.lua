-- report.lua: err:report(), the bundle that one hands to the service's support.
-- It may be pasted anywhere, so nothing private is in it: see redact.lua. Knows
-- only the fields of an error.

local core = require "liangxin.core"
local errors = require "liangxin.errors"
local json = require "liangxin.json"
local redact = require "liangxin.redact"

local M = {}

--- A service's words for an error, without what is private in `request`, the
--- text of one, which may be nil.
function M.clean(text, request)
  local secrets = redact.new_secrets()
  if request then
    redact.request(request, secrets)
  end
  return redact.words(text, secrets)
end

-- Rows of the report: label, field of the error, and whether these are words.
local ROWS = {
  { "kind", "kind" },
  { "message", "message", true },
  { "charged", "charged" },
  { "HTTP status", "http_status" },
  { "API code", "api_code", true },
  { "request id", "request_id" },
  { "task id", "task_id" },
  { "fail code", "fail_code", true },
  { "fail message", "fail_msg", true },
  { "stage", "stage" },
  { "attempts", "attempts" },
  { "retry after", "retry_after" },
}

local function model_of(err, request)
  local model = err.record and err.record.model or err.task and err.task.model
  local decoded = not model and request and json.decode(request)
  if type(decoded) == "table" then
    model = decoded.model
  end
  return model and tostring(model) or "unknown"
end

local function lua_name()
  local jit = rawget(_G, "jit")
  return type(jit) == "table" and jit.version or _VERSION
end

--- The report on `err` as lines of "label: value"; with `shows_prompts`, the
--- prompts in request and answer, too.
function M.text(err, shows_prompts)
  local lines, secrets = { "liangxin error report" }, redact.new_secrets(shows_prompts)
  local request = errors.request_of(err)
  local answer = err.record and err.record.body
  local request_text = request and redact.request(request, secrets)
  local answer_text = answer and redact.answer(answer, secrets)
  local function add(label, value, is_words)
    value = tostring(value)
    if is_words then
      value = redact.words(value, secrets)
    end
    lines[#lines + 1] = ("%s: %s"):format(label, (value:gsub("%c+", " ")))
  end
  for _, row in ipairs(ROWS) do
    local value = err[row[2]]
    if value ~= nil then
      add(row[1], value, row[3])
    end
  end
  add("time", os.date("!%Y-%m-%dT%H:%M:%SZ", errors.time_of(err)))
  add("API", errors.origin_of(err) or "not known")
  add("library", ("liangxin %s, %s"):format(core.version, lua_name()))
  add("model", redact.words(model_of(err, request), redact.new_secrets()))
  if err.cause then
    add("cause", err.cause, true)
  end
  add("request", request_text or "not kept")
  add("answer", answer_text or "none")
  return table.concat(lines, "\n") .. "\n"
end

return M
