-- socket: local loop = require("liangxin.loop.socket").attach(client)
-- For loops around LuaSocket's select: put `loop` into the list of readers and call
-- loop:turn() when it is readable; or let loop:select(readers, writers, timeout)
-- do both. Opts: loop, the socket module; on_error(err), default: prints to stderr.

local base = require "liangxin.loop"
local luv = require "liangxin.loop.luv"

local M = {}

local Selectable = setmetatable({}, { __index = base.class })
Selectable.__index = Selectable

--- The descriptor, for select; -1, which it passes over, once the loop ended.
function Selectable:getfd()
  return self:is_running() and self.client:fd() or -1
end

--- Whether there is something to do without asking the descriptor.
function Selectable:dirty()
  return self:is_running() and self.client:dirty()
end

--- LuaSocket's select with the client among the readers, stepped when it is
--- readable. Returns what select returns, without the client.
function Selectable:select(readers, writers, timeout)
  local all = { self }
  for i = 1, readers and #readers or 0 do
    all[i + 1] = readers[i]
  end
  local readable, writable, err = self._select(all, writers, timeout)
  if readable[self] then
    table.remove(readable, readable[self])
    readable[self] = nil
    for i = 1, #readable do
      readable[readable[i]] = i
    end
    self:turn()
    err = nil
  end
  return readable, writable, err
end

--- Drive `client` from a loop around select until it is closed or loop:stop().
function M.attach(client, opts)
  opts = base.check(client, opts)
  local socket = opts.loop or package.loaded.socket
  if not base.has(socket, "select") then
    error("liangxin.loop.socket: LuaSocket is not loaded: pass { loop = require 'socket' }", 2)
  end
  local loop = setmetatable(base.new(client, opts, luv.print_error), Selectable)
  loop._select = socket.select
  loop.park = luv.park
  client.park = luv.park
  return loop
end

return M
