-- notify.lua: bodies that the service sends to a callBackUrl. They are not
-- signed, so nothing in them is trusted: they only say which task to query now
-- or, with a token, which task a lost answer was about.

local core = require "liangxin.core"
local errors = require "liangxin.errors"
local healing = require "liangxin.journal.healing"
local task_module = require "liangxin.task"
local usage = require "liangxin.usage"

local M = {}

local TOKENS_MAX = 10000 -- lost answers that are remembered

-- Recovery -------------------------------------------------------------------

--- A token for `task`, whose create is about to be sent.
function M.new_token(client, task)
  local tokens = client._tokens
  local token = core.token(tokens.secret)
  tokens.last = tokens.last + 1
  tokens.order[tokens.last] = token
  tokens.by_token[token] = task
  if tokens.last - tokens.first >= TOKENS_MAX then
    M.drop_oldest(tokens)
  end
  task._token = token
  return token
end

function M.new_tokens()
  return { by_token = {}, order = {}, first = 1, last = 0, secret = core.token() }
end

--- By which a token is known as this client's, see core.is_token.
function M.token_secret(client)
  return client._tokens.secret
end

function M.drop_oldest(tokens)
  local token = tokens.order[tokens.first]
  tokens.order[tokens.first] = nil
  tokens.first = tokens.first + 1
  tokens.by_token[token] = nil
end

--- The task's create has ended and its outcome is known: no token is needed.
function M.forget_token(client, task)
  if task._token then
    local tokens = client._tokens
    tokens.by_token[task._token] = nil
    task._token = nil
    while tokens.first <= tokens.last and not tokens.by_token[tokens.order[tokens.first]] do
      M.drop_oldest(tokens)
    end
  end
end

-- Bodies ---------------------------------------------------------------------

local function refuse(message)
  return nil, errors.new("bad_response", message)
end

-- What core.callback finds wrong.
local WRONG = {
  shape = "the callback's body is not a JSON object",
  task = "the callback names no task, or more than one: see taskId and task_id in it",
}

--- client:notify, after the check that the client is open.
function M.notify(client, body)
  if body ~= nil and type(body) ~= "string" then
    usage.raise("client:notify: the body must be a string, not %s", type(body))
  elseif body == nil or body == "" then
    return refuse("the callback has no body")
  elseif #body > client._options.max_body then
    return refuse(("the callback's body is larger than max_body (%d bytes)")
      :format(client._options.max_body))
  end
  local id, token = core.callback(body)
  if not id then
    return refuse(WRONG[token])
  end
  return M.hint(client, id, token)
end

-- The callback of a create that has no answer, or lost it. What the journal has of
-- it is healed first: its end is written there.
local function recover(client, lost, id, token, kept)
  local function heal(attempt)
    if not lost.id then
      lost._attempt = attempt or lost._attempt
      if lost._phase == "ended" then
        M.forget_token(client, lost)
      end
      task_module.heal(lost, id)
    end
  end
  if client.journal then
    healing.hint(client, id, token, kept, heal)
  end
  if not client.journal or lost._phase ~= "ended" then
    heal()
  end
end

--- The healing that the callback of that task may bring. `kept`: what
--- healing.keep gave; nil: it was not called.
function M.heal(client, id, token, kept)
  local lost = token and client._tokens.by_token[token]
  if lost and not lost.id then
    recover(client, lost, id, token, kept)
  end
  if client.journal and not client._by_id[id] and not lost then
    healing.hint(client, id, token, kept)
  end
end

--- A callback has named the task of that id; true. `token` may be nil or a
--- stranger's.
function M.hint(client, id, token)
  M.heal(client, id, token)
  M.nudge(client, id)
  client._scheduler:drain()
  return true
end

--- Query the task now, if this client watches it.
function M.nudge(client, id)
  local task = client._by_id[id]
  while task do
    client._handle:nudge(task._op)
    task = task._twin
  end
end

return M
