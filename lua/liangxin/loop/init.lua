-- loop: what every adapter shares. An adapter drives a client from the loop of
-- its host; it raises only in attach, and for the caller's mistakes.

local usage = require "liangxin.usage"
local pairs = require("liangxin.walk").pairs

local M = {}

local Loop = { __name = "liangxin.loop" }
Loop.__index = Loop

local STEPS_MAX = 100 -- errors that one turn of the host's loop reports

local function is_closed(client)
  return client == nil or client._scheduler.closed
end

--- The arguments of attach, checked: the options. `own`: rows of options that
--- only this adapter has.
function M.check(client, opts, own)
  if type(client) ~= "table" or not client._scheduler then
    usage.raise("attach(client, opts): the first argument must be a client of liangxin.new")
  elseif is_closed(client) then
    usage.raise("attach: the client is closed: attach a new one")
  elseif client._loop then
    usage.raise("attach: a loop drives this client already: stop it first (loop:stop())")
  end
  local rows = { loop = { "any" }, on_error = { "function" } }
  for name, row in pairs(own or {}) do
    rows[name] = row
  end
  return usage.check_options(opts, rows, "attach")
end

--- Whether `value` is an object of a host's, with the field `name`.
function M.has(value, name)
  local ok, field = pcall(function()
    return value[name]
  end)
  return ok and field ~= nil and type(value) ~= "string"
end

--- A driver of `client` that is not in the host's loop yet. `opts` are checked;
--- on_error(err) is how the host shows an error.
function M.new(client, opts, on_error)
  local loop = setmetatable({ client = client, _on_error = opts.on_error or on_error }, Loop)
  client._loop = loop
  return loop
end

--- Report what a job or callback raised and nobody waits for.
function Loop:report(raised)
  local ok, again = pcall(self._on_error, raised)
  if not ok then
    io.stderr:write("liangxin: on_error raised: ", tostring(again), "\n")
  end
end

--- One turn: deliver what has happened and report errors. Never raises. False
--- once the client is closed: the loop has ended.
function Loop:turn(budget)
  for _ = 1, STEPS_MAX do
    if is_closed(self.client) then
      self:stop()
      return false
    end
    local ok, raised = pcall(self.client.step, self.client, budget)
    if ok then
      return not is_closed(self.client)
    end
    self:report(raised)
  end
  return true
end

--- Whether it drives a client that is open.
function Loop:is_running()
  return not is_closed(self.client)
end

--- Leave the host's loop. The client stays open. Twice is fine; `client:close()`
--- does it by itself.
function Loop:stop()
  local client = self.client
  if not client then
    return
  end
  self.client = nil
  client._loop = nil
  if client.park == self.park then
    client.park = nil
  end
  if self.leave then
    self:leave()
  end
end

M.class = Loop

return M
