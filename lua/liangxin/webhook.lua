-- webhook.lua: what a web server does with a callback of the service, whatever
-- the server is: the request's headers and body go in, the answer comes out. A
-- callback is a hint and never believed: the task that it names is queried now,
-- so order, repeats and forgeries do not matter.

local core = require "liangxin.core"
local healing = require "liangxin.journal.healing"
local notify = require "liangxin.notify"
local usage = require "liangxin.usage"
local pairs = require("liangxin.walk").pairs

local M = {}

local MIB = 1024 * 1024
local KEEP_SECONDS = 5 -- the service does not wait for an answer for ever

--- The options that say what is taken, also those of client:listen.
M.OPTIONS = {
  secrets = { "table" },
  tolerance = { "number", 0, 86400, default = 300 },
  max_body = { "integer", 1, 64 * MIB, default = MIB },
}

local OPTIONS = { client = { "table" }, journal = { "text", 4096 } }
for name, row in pairs(M.OPTIONS) do
  OPTIONS[name] = row
end

local Receiver = {}
Receiver.__index = Receiver

-- What became of a callback.
local ANSWERS = {
  [200] = "ok\n",
  [400] = "the body names no task\n",
  [401] = "the token or the signature is missing or wrong\n",
  [413] = "the body is too large\n",
  [503] = "not now\n",
}

--- A status and its line of text.
function M.answer(status)
  return status, ANSWERS[status]
end

--- The rules for `judge` from checked options, but for `holds`.
function M.rules(client, checked, what)
  local secrets = checked.secrets or {}
  for i, secret in pairs(secrets) do
    if type(i) ~= "number" or type(secret) ~= "string" or secret == "" then
      usage.raise("%s: secrets must be a list of texts: {new, old}", what)
    end
  end
  return {
    secrets = secrets,
    tolerance = checked.tolerance,
    max_body = checked.max_body,
    token_secret = notify.token_secret(client),
    has_journal = client.journal ~= nil,
  }
end

function M.new(options)
  local checked = usage.check_options(options or {}, OPTIONS, "webhook.new")
  if (checked.client == nil) == (checked.journal == nil) then
    usage.raise("webhook.new: give client, which queries the tasks, or journal")
  end
  local client = checked.client or require("liangxin").new({ journal = checked.journal })
  local rules = M.rules(client, checked, "webhook.new")
  function rules.holds(task_id)
    return client._by_id[task_id] ~= nil
  end
  return setmetatable({ _client = client, _owns = not checked.client, _rules = rules }, Receiver)
end

--- Close the journal that the receiver has opened. Twice is fine.
function Receiver:close()
  if self._owns then
    self._client:close()
  end
end

-- The value of a header, whatever the case of its name: a text, or the first of
-- a list, as some servers give it.
local function header_of(headers, name)
  for key, value in pairs(headers) do
    if type(key) == "string" and key:lower():gsub("_", "-") == name then
      if type(value) == "table" then
        value = value[1]
      end
      return type(value) == "string" and value or nil
    end
  end
  return nil
end

-- nil: it is not signed, or there is no secret to check it. "taskId.timestamp" is
-- signed, not the body, as the service's relatives do; LiangXin documents none.
local function is_signature_right(rules, headers, task_id, now)
  local stamp = header_of(headers, "x-webhook-timestamp")
  local signature = header_of(headers, "x-webhook-signature")
  if #rules.secrets == 0 or not (stamp or signature) then
    return nil
  end
  local seconds = stamp and stamp:match("^%d+$") and #stamp <= 12 and tonumber(stamp)
  if not seconds or not signature or math.abs(now - seconds) > rules.tolerance then
    return false
  end
  local is_right = false
  for _, secret in ipairs(rules.secrets) do
    is_right = core.is_signature(secret, task_id .. "." .. stamp, signature) or is_right
  end
  return is_right
end

-- Whether the service has sent it, as far as can be told here: with a journal that
-- has to know the token, whosever it is.
local function is_genuine(rules, headers, task_id, token, now)
  local is_signed = is_signature_right(rules, headers, task_id, now)
  if is_signed ~= nil then
    return is_signed
  elseif token then
    return rules.has_journal or core.is_token(rules.token_secret, token)
  end
  -- The id of a task cannot be guessed: one that the client holds will do.
  return #rules.secrets == 0 and rules.holds(task_id)
end

--- What to answer to a callback: the status and a line of text; with 200 the task's
--- id, and the token or nil, for `take`. `rules`: secrets, tolerance, max_body,
--- token_secret of the client, has_journal, and holds(task_id). Pure.
function M.judge(rules, headers, body, path, now)
  if #body > rules.max_body then
    return M.answer(413)
  end
  local id, token = core.callback(body)
  if not id then
    return M.answer(400)
  end
  token = path and core.token_of(path) or token
  if not is_genuine(rules, headers, id, token, now) then
    return M.answer(401)
  end
  return 200, ANSWERS[200], id, token
end

--- Take a callback that `judge` has let pass: the status of the answer. With a
--- journal that waits, and 200 means that it is kept there. A token that it does not
--- know is forged, or was lost with the journal's tail.
function M.take(client, id, token)
  if client._is_closing then
    return 503
  elseif not client.journal then
    notify.hint(client, id, token)
    return 200
  end
  notify.nudge(client, id)
  local kept, err = healing.keep(client, id, token, KEEP_SECONDS)
  if err then
    return 503
  elseif token and not kept then
    return 401
  end
  notify.heal(client, id, token, kept)
  return 200
end

--- What to answer to a POST: status, body and, with 200, the hint.
function Receiver:receive(headers, raw_body, opts)
  opts = opts or {}
  if type(headers) ~= "table" then
    usage.raise("receiver:receive: headers must be a table, not %s", type(headers))
  elseif type(raw_body) == "table" then
    usage.raise("receiver:receive: the body must be the text as it came, not a decoded table:"
      .. " its size and what it names are checked here")
  elseif type(raw_body) ~= "string" then
    usage.raise("receiver:receive: the body must be a string, not %s", type(raw_body))
  end
  local status, text, id, token = M.judge(self._rules, headers, raw_body, opts.path, opts.now or os.time())
  if status == 200 then
    status, text = M.answer(M.take(self._client, id, token))
  end
  return status, text, status == 200 and { task_id = id } or nil
end

return M
