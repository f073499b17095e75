-- The well-behaved LiangXin service: what is answered when no rule says
-- otherwise. Turns a request into a reply (status, headers, body source) and
-- keeps the tasks; knows no sockets. Reference: the wire protocol, sections 1
-- to 4; recordInfo of an unknown task answers "recordInfo is null" (2.3).

local bytes = require("spec.support.fault.bytes")
local json = require("spec.support.fault.json")
local files = require("spec.support.fault.files")

---@class fault.Service
local service = {}
service.__index = service

---@class fault.Reply
---@field status integer
---@field reason string?
---@field headers table[]
---@field content_type string|false|nil
---@field body fault.Source

local CREATE_PATH = "/api/v1/jobs/createTask"
local QUERY_PATH = "/api/v1/jobs/recordInfo"

local DEFAULTS = {
  polls_until_success = 1,
  pending_states = { "waiting", "queuing", "generating" },
  invisible_polls = 0,
  outcome = "success",
  fail_code = "500",
  fail_msg = "Internal server error",
  files = 1,
  files_on = "main",
}

---@param origins table<string, string> listener name -> origin
---@return fault.Service
function service.new(origins)
  return setmetatable({
    origins = origins,
    settings = {},
    file_settings = {},
    scripts = {},
    tasks = {},
    created = 0,
    answered = 0,
  }, service)
end

local function ends_with(text, ending)
  return text:sub(-#ending) == ending
end

---What kind of request this is. A prefix of the path is tolerated, as a base
---URL may have one.
---@param request fault.Request
---@return "create"|"query"|"file"|"other"
function service.kind(request)
  if request.method == "POST" and ends_with(request.path, CREATE_PATH) then
    return "create"
  elseif request.method == "GET" and ends_with(request.path, QUERY_PATH) then
    return "query"
  elseif request.path:find("/files/", 1, true) then
    return "file"
  end
  return "other"
end

---The taskId that a query asks for.
---@param request fault.Request
---@return string?
function service.task_id(request)
  local id = ("&" .. request.query):match("&taskId=([^&]*)")
  return id and (id:gsub("%%(%x%x)", function(digits)
    return string.char(tonumber(digits, 16))
  end))
end

---@param status integer
---@param value any
---@return fault.Reply
local function json_reply(status, value)
  return {
    status = status,
    headers = {},
    content_type = "application/json",
    body = bytes.text(json.encode(value)),
  }
end

local function envelope(code, msg, data)
  return json_reply(code, { code = code, msg = msg, data = data or json.null })
end

local function not_visible()
  local reply = envelope(422, "recordInfo is null")
  reply.status = 200
  return reply
end

local function denied()
  return json_reply(401, { error = {
    message = "invalid token", type = "new_api_error", code = "",
  } })
end

local function is_denied(self, request)
  local key = self.settings.api_key
  if not key then
    return false
  end
  for _, header in ipairs(request.headers) do
    if header[1]:lower() == "authorization" then
      return header[2] ~= "Bearer " .. key
    end
  end
  return true
end

local function setting(self, task, name)
  local own = self.scripts[task.id] or {}
  for _, place in ipairs({ own, task.script, self.settings, DEFAULTS }) do
    if place[name] ~= nil then
      return place[name]
    end
  end
  return nil
end

---Make a task, as an accepted create does.
---@param id string? the service chooses one by default
---@param param string the create's body
---@param task_script table?
---@return string id
function service:make_task(id, param, task_script)
  self.created = self.created + 1
  id = id or ("task_%d"):format(self.created)
  local input = json.decode(param)
  self.tasks[id] = {
    id = id,
    model = type(input) == "table" and input.model or "unknown",
    param = param,
    script = task_script or {},
    polls = 0,
  }
  return id
end

-- Why the service would refuse a create, nil when it would not.
local function problem_of_create(body)
  local value = json.decode(body)
  if type(value) ~= "table" then
    return "invalid JSON"
  elseif type(value.model) ~= "string" or value.model == "" then
    return "model is required"
  elseif type(value.input) ~= "table" or body:find('"input"%s*:%s*%[') then
    return "input must be an object"
  end
  return nil
end

local function create(self, request, body, task_script)
  if is_denied(self, request) then
    return denied()
  end
  local problem = problem_of_create(body)
  if problem then
    return envelope(400, problem)
  end
  local id = self:make_task(nil, body, task_script)
  return envelope(200, "success", { taskId = id }), id
end

local function result_urls(self, task)
  local urls = setting(self, task, "urls")
  if urls then
    return urls
  end
  local origin = self.origins[setting(self, task, "files_on")]
    or self.origins.main
  urls = {}
  for n = 1, setting(self, task, "files") do
    urls[n] = ("%s/files/%s-%d.png"):format(origin, task.id, n)
  end
  return urls
end

local function finished(self, task, data)
  if setting(self, task, "outcome") == "fail" then
    data.state = "fail"
    data.failCode = setting(self, task, "fail_code")
    data.failMsg = setting(self, task, "fail_msg")
    return
  end
  data.state = "success"
  local urls = result_urls(self, task)
  -- lua-cjson writes an empty table as an object.
  data.resultJson = #urls > 0 and json.encode({ resultUrls = urls })
    or '{"resultUrls":[]}'
end

local function query(self, request)
  if is_denied(self, request) then
    return denied()
  end
  local task = self.tasks[request.task_id or ""]
  if not task then
    return not_visible()
  end
  task.polls = task.polls + 1
  local polls = task.polls - setting(self, task, "invisible_polls")
  if polls <= 0 then
    return not_visible()
  end
  local data = {
    taskId = task.id, model = task.model, param = task.param,
    resultJson = "", failCode = "", failMsg = "",
  }
  if polls > setting(self, task, "polls_until_success") then
    finished(self, task, data)
  else
    local states = setting(self, task, "pending_states")
    data.state = states[math.min(polls, #states)]
  end
  return envelope(200, "success", data)
end

local function not_found(request)
  return json_reply(404, { error = {
    message = ("Invalid URL (%s %s)"):format(request.method, request.path),
    type = "invalid_request_error", param = "", code = "",
  } })
end

---The reply to a whole request.
---@param request fault.Request with kind and task_id
---@param body string
---@param task_script table? for the task that this creates
---@return fault.Reply reply, string? task_id of a task that was made
function service:reply(request, body, task_script)
  if request.kind == "file" then
    return files.reply(request, self.file_settings, self.settings.file)
  end
  local reply, id
  if request.kind == "create" then
    reply, id = create(self, request, body, task_script)
  elseif request.kind == "query" then
    reply = query(self, request)
  else
    reply = not_found(request)
  end
  self.answered = self.answered + 1
  local request_id = ("fault%08d"):format(self.answered)
  reply.headers[1] = { "X-Oneapi-Request-Id", request_id }
  return reply, id
end

return service
