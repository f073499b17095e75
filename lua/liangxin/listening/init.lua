-- listening: client:listen, callbacks received by the client itself. A listener
-- answers on a thread of its own; here arrives only which task to query.

local errors = require "liangxin.errors"
local usage = require "liangxin.usage"
local webhook = require "liangxin.webhook"
local pairs = require("liangxin.walk").pairs

local M = {}

local OPTIONS = {
  port = { "integer", 0, 65535, default = 0 },
  address = { "text", 64, default = "127.0.0.1" },
  public_url = { "text", 8192 },
  on_callback = { "function" },
}
for name, row in pairs(webhook.OPTIONS) do
  OPTIONS[name] = row
end

local Listening = {}
Listening.__index = Listening
Listening.__name = "liangxin.Listening"

--- The callBackUrl of a request that has `url`, or nil where it has one of its own.
function Listening:_url_for(url)
  if self._listener and (url == nil or url == self.url) then
    return self.url
  end
  return nil
end

-- A job: take it, and answer where the listener waits for that.
local function take(self, ticket, id, token)
  local status = webhook.take(self._client, id, token)
  if ticket and self._listener then
    self._listener:settle(ticket, tostring(status))
  end
  if status == 200 and self._on_callback then
    self._client._scheduler:callback("on_callback", nil, nil, self._on_callback, id)
  end
end

--- A callback that the listener has let pass, see handler.
function Listening:_on_posted(text)
  local ticket, id, token = text:match("^(%d*)\n([^\n]*)\n(.*)$")
  self._client._scheduler:callback("the callback of task " .. id, nil, nil, take, self, tonumber(ticket), id,
    token ~= "" and token or nil)
end

function Listening:stop()
  local listener = self._listener
  if listener then
    self._listener = nil
    self._client._listening = nil
    listener:stop()
  end
end

-- A Lua table constructor of what the handler has to know.
local function config_of(rules)
  local secrets = {}
  for i, secret in ipairs(rules.secrets) do
    secrets[i] = ("%q"):format(secret)
  end
  return ("{token_secret=%q,tolerance=%d,max_body=%d,has_journal=%s,secrets={%s}}")
    :format(rules.token_secret, rules.tolerance, rules.max_body, tostring(rules.has_journal),
      table.concat(secrets, ","))
end

local function check_url(url)
  if not url:find("^https?://[^/?#%s]") or url:find("[%s#]") then
    usage.raise("client:listen: option 'public_url' must be an http or https URL, as the service is to call it")
  end
  return url:find("^https?://[^/?]+$") and url .. "/" or url
end

local function is_ipv6(address)
  return address:find(":", 1, true) ~= nil
end

local function local_url(address, port)
  return (is_ipv6(address) and "http://[%s]:%d/" or "http://%s:%d/"):format(address, port)
end

--- client:listen, after the check that the client is open.
function M.listen(client, options)
  local checked = usage.check_options(options, OPTIONS, "client:listen")
  local url = checked.public_url and check_url(checked.public_url)
  if client._listening then
    usage.raise("client:listen: the client listens already, on port %d", client._listening.port)
  end
  local rules = webhook.rules(client, checked, "client:listen")
  local self = setmetatable({ _client = client, _on_callback = checked.on_callback }, Listening)
  local listener, why = require("liangxin.native").load("liangxin.listener").start({
    address = checked.address,
    port = checked.port,
    max_body = checked.max_body,
    handler = "liangxin.listening.handler",
    config = config_of(rules),
    path = package.path,
    cpath = package.cpath,
    mailbox = client._handle:mailbox(client._scheduler:expect(self)),
  })
  if not listener then
    return nil, errors.new("network", why, { retryable = true })
  end
  self._listener = listener
  self.port = listener:port()
  self.url = url or local_url(checked.address, self.port)
  client._listening = self
  return self
end

M.class = Listening

return M
