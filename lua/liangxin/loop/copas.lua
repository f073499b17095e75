-- copas: local loop = require("liangxin.loop.copas").attach(client)
-- Drives the client in a thread of Copas, 1.2 (Debian's) or 4.x; copas.loop()
-- goes on until the client is closed. Opts: loop, the copas module;
-- on_error(err), default: prints to stderr.

local base = require "liangxin.loop"
local luv = require "liangxin.loop.luv"

local M = {}

-- What Copas takes for a socket: it selects on the descriptor until is_over().
-- All have the same one, and select names only one of them as readable: whichever
-- that is steps the client.
local function fake_socket(copas, fd, is_over, turn)
  local has_waited = false
  local socket = {
    getfd = function() return fd end,
    dirty = is_over,
    settimeout = function() return 1 end,
    receive = function()
      if has_waited and not is_over() then
        turn()
      end
      has_waited = true
      return nil, is_over() and "over" or "timeout", ""
    end,
    close = function() end,
  }
  if copas.settimeouts then
    copas.settimeouts(socket, -1, -1, -1) -- no timeout of Copas's own
  end
  return socket
end

--- Drive `client` from Copas until it is closed or loop:stop().
function M.attach(client, opts)
  opts = base.check(client, opts)
  local copas = opts.loop or package.loaded.copas
  if not base.has(copas, "addthread") then
    error("liangxin.loop.copas: Copas is not loaded: pass { loop = require 'copas' }", 2)
  end
  local loop = base.new(client, opts, luv.print_error)
  local fd = client:fd()
  local function turn() -- of the one that drives by then: it may have been stopped
    local driver = client._loop
    return driver and driver:turn()
  end
  function loop.park()
    local is_over = false
    local socket = fake_socket(copas, fd, function() return is_over end, turn)
    return function()
      copas.receive(socket, 1)
    end, function()
      is_over = true
    end
  end
  client.park = loop.park
  copas.addthread(function()
    copas.receive(fake_socket(copas, fd, function() return not loop.client end, turn), 1)
  end)
  return loop
end

return M
