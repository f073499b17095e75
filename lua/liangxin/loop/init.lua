-- loop: what every adapter shares. An adapter drives a client from the loop of
-- its host; it raises only in attach, and for the caller's mistakes.

local M = {}

local Loop = { __name = "liangxin.loop" }
Loop.__index = Loop

local STEPS_MAX = 100 -- errors that one turn of the host's loop reports

local function is_closed(client)
  return client == nil or client._scheduler.closed
end

--- A driver of `client` that is not in the host's loop yet.
---@param client liangxin.Client
---@param opts? liangxin.LoopOptions
---@param on_error fun(err: any) how the host shows an error
function M.new(client, opts, on_error)
  opts = opts or {}
  if type(client) ~= "table" or type(client.step) ~= "function" or not client._scheduler then
    error("attach(client, opts): the first argument is a client of liangxin.new", 3)
  elseif is_closed(client) then
    error("attach: the client is closed", 3)
  elseif client._loop then
    error("attach: a loop drives this client already: stop it first (loop:stop())", 3)
  elseif opts.on_error ~= nil and type(opts.on_error) ~= "function" then
    error("attach: on_error must be a function, not " .. type(opts.on_error), 3)
  end
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
