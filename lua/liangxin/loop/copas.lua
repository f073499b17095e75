-- copas: local loop = require("liangxin.loop.copas").attach(client)
-- Drives the client in a thread of Copas, 1.2 (Debian's) or 4.x; copas.loop()
-- goes on until the client is closed. Opts: loop, the copas module;
-- on_error(err), default: prints to stderr.

local base = require "liangxin.loop"
local luv = require "liangxin.loop.luv"

local M = {}

-- What Copas takes for a socket. It selects on the descriptor `fd` until
-- is_over(), which ends the wait at the next turn of Copas's loop.
local function fake_socket(copas, fd, is_over)
  local socket = {
    getfd = function() return fd end,
    dirty = is_over,
    settimeout = function() return 1 end,
    receive = function() return nil, is_over() and "over" or "timeout", "" end,
    close = function() end,
  }
  if copas.settimeouts then
    copas.settimeouts(socket, -1, -1, -1) -- no timeout of Copas's own
  end
  return socket
end

local function park_of(copas, fd)
  return function()
    local is_over = false
    local socket = fake_socket(copas, fd, function() return is_over end)
    return function()
      copas.receive(socket, 1)
    end, function()
      is_over = true
    end
  end
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
  loop.park = park_of(copas, fd)
  client.park = loop.park
  local has_news = false
  local socket = fake_socket(copas, fd, function()
    return has_news or not loop.client
  end)
  -- Readable means a turn: the wait ends with it, and the next one begins.
  socket.receive = function()
    if has_news or not loop.client then
      return nil, "over", ""
    end
    has_news = true -- for when select has seen the descriptor
    return nil, "timeout", ""
  end
  copas.addthread(function()
    while loop:turn() do
      has_news = false
      copas.receive(socket, 1)
    end
  end)
  return loop
end

return M
