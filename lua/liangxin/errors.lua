-- errors.lua: the error objects that run-time failures return as `nil, err`.
-- The closed list of kinds is in api terms; the core names the same words.

local usage = require "liangxin.usage"

local M = {}

local Error = { __name = "liangxin.error" }
Error.__index = Error
M.class = Error

local IDS_SHOWN = 20 -- of tasks, in one line

-- Every word that err.kind can be.
M.KINDS = {}
for _, kind in ipairs {
  "invalid_request", "auth", "quota", "forbidden", "too_large", "rejected",
  "not_found", "rate_limited", "server", "network", "timeout", "bad_response",
  "memory", "outcome_unknown", "task_failed", "result_missing", "deadline", "cancelled",
  "closed", "forked", "expired", "download", "file", "budget", "journal",
} do
  M.KINDS[kind] = true
end

-- Request bodies for err:report(). Not a field of the error, so that whoever
-- prints an error's fields prints no prompt.
local requests = setmetatable({}, { __mode = "k" })

-- When an error came to be, and the origin of its client's API, for the same.
local times = setmetatable({}, { __mode = "k" })
local origins = setmetatable({}, { __mode = "k" })

--- A new error. `fields` (may be nil) becomes the object itself.
function M.new(kind, message, fields)
  assert(M.KINDS[kind], "no such kind of error")
  local err = fields or {}
  err.kind = kind
  err.message = message
  if err.retryable == nil then
    err.retryable = false
  end
  err.charged = err.charged or "no"
  times[err] = os.time()
  return setmetatable(err, Error)
end

--- The same error, of `client`.
function M.of_client(client, err)
  origins[err] = client._options.base_url:match("^%a+://[^/]+")
  return err
end

-- A service may quote in its words what it was sent.
local function clean(err, request)
  if err.http_status or err.fail_msg then
    local report = require "liangxin.report"
    err.message = report.clean(err.message, request)
    err.fail_msg = err.fail_msg and report.clean(err.fail_msg, request)
  end
end

--- Make the plain table that the core gave an error, of `task` when known.
function M.adopt(err, task, record)
  if task then
    err.task_id = err.task_id or task.id
    if task.id then
      err.task = task
    end
  end
  if record then
    err.record = record
    err.task_id = err.task_id or record.task_id
    err.fail_code = err.fail_code or record.fail_code
    err.fail_msg = err.fail_msg or record.fail_msg
  end
  clean(err, task and task._request)
  times[err] = times[err] or os.time()
  return setmetatable(err, Error)
end

local LOCAL_ENDS = {
  memory = "out of memory, or of threads: nothing was sent",
  closed = "the client was closed before this ended",
  forked = "this client belongs to the parent process: make a new one with liangxin.new after the fork",
  cancelled = "the job was cancelled while it waited",
}

--- The error of a wait that this side ended: closed, forked or cancelled.
function M.local_end(kind, task)
  local err = M.new(kind, LOCAL_ENDS[kind])
  if kind == "closed" and task and task._entry then
    err.message = err.message .. "; the journal has the task: the same key, or client:resume(), goes on with it"
  end
  if task then
    err.charged = "maybe"
    M.adopt(err, task)
  end
  return err
end

--- The error of a wait whose own time was over.
function M.out_of_time(what, seconds, task)
  local err = M.new("deadline", ("%s has not ended within %g s; it goes on, wait again"):format(what, seconds))
  if task then
    err.charged = "maybe"
    M.adopt(err, task)
  end
  return err
end

--- Keep a request's text for err:report().
function M.remember_request(err, body)
  clean(err, body)
  requests[err] = body
  return err
end

function M.request_of(err)
  return requests[err] or (err.task and err.task._request)
end

--- The time of an error, as os.time gives it.
function M.time_of(err)
  return times[err]
end

--- The origin of the API that it is about; nil where no client is known.
function M.origin_of(err)
  if not origins[err] and err.task and err.task._client then
    M.of_client(err.task._client, err)
  end
  return origins[err]
end

-- The task of a lost answer, while its callback may still name it. Nobody should
-- find that in the error's fields before it has an id.
local lost = setmetatable({}, { __mode = "k" })

--- A callback may name the task that `err`, an outcome_unknown, is about.
function M.remember_lost(err, task)
  lost[err] = task
end

--- What to raise when a wait for `task` ended because Lua raised `raised`
--- meanwhile: a Ctrl-C of the interpreter, as a rule.
function M.interrupted(raised, task)
  local text = tostring(raised)
  text = text:match("interrupted!$") or text
  local follow = task.id
    and ("task %s goes on; client:task(%q):wait() asks for it again"):format(task.id, task.id)
    or "a request to create a task was under way; it may exist and be billed"
  local err = M.new("cancelled", text .. " " .. follow, { charged = "maybe", cause = raised })
  return M.to_raise(M.adopt(err, task))
end

--- The same for a wait for something else; `task_id`: of the task whose result
--- was being fetched, or nil.
function M.broken_off(raised, task_id)
  if not raised:find("interrupted!$") then
    return raised
  end
  local err = M.new("cancelled", "interrupted!", { charged = "maybe", cause = raised, task_id = task_id })
  if task_id then
    err.charged = "yes"
    err.message = ("interrupted! the result is still there: client:task(%q):wait() gives it again"):format(task_id)
  end
  return M.to_raise(err)
end

-- PUC Lua 5.1 shows an error object that nobody caught as "(error object is not
-- a string)".
local needs_text = _VERSION == "Lua 5.1" and not rawget(_G, "jit")

--- The error as it is raised: with the caller's line, and as text where an object
--- would not be shown.
function M.to_raise(err)
  err.where = err.where or usage.where():match("^(.*): $")
  return needs_text and tostring(err) or err
end

local function is_error(value)
  return getmetatable(value) == Error
end
M.is_error = is_error

function Error.__tostring(err)
  local details = { err.kind }
  if err.http_status then
    details[#details + 1] = ("HTTP %d"):format(err.http_status)
  end
  if err.task_id then
    details[#details + 1] = "task " .. err.task_id
  end
  if err.request_id and not err.message:find(err.request_id, 1, true) then
    details[#details + 1] = "request " .. err.request_id
  end
  if err.cancelled then
    details[#details + 1] = "cancelled: " .. table.concat(err.cancelled, " ", 1, math.min(#err.cancelled, IDS_SHOWN))
      .. (#err.cancelled > IDS_SHOWN and " ..." or "")
  end
  local line = ("%s (%s)"):format(err.message, table.concat(details, ", "))
  if err.where then
    line = err.where .. ": " .. line
  end
  return (line:gsub("%c+", " "))
end

function Error.__concat(a, b)
  return tostring(a) .. tostring(b)
end

--- The task that this error is about, once it is known: at once where err.task is
--- there, else (a create whose answer was lost, with `recover`) when a callback
--- has named it. Or nil, err.
function Error:wait(timeout)
  if self.task then
    return self.task
  elseif lost[self] then
    return lost[self]:_recover(timeout)
  end
  return nil, self
end

local REPORT = { prompts = { "boolean", default = false } }

--- What support asks for, as text for people. Prompts appear by their length
--- (whole with {prompts = true}), URLs without their query, the key not at all.
function Error:report(opts)
  opts = usage.check_options(opts, REPORT, "err:report")
  return require("liangxin.report").text(self, opts.prompts)
end

return M
