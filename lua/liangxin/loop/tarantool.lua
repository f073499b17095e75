-- tarantool: local loop = require("liangxin.loop.tarantool").attach(client)
-- Drives the client in a fiber that sleeps on its descriptor; other fibers wait
-- with client calls as in a job. Opts: on_error(err), default: the log.

local base = require "liangxin.loop"

local M = {}

local function park_of(fiber)
  return function()
    local condition, is_over = fiber.cond(), false
    return function()
      while not is_over do
        condition:wait()
      end
    end, function()
      is_over = true
      condition:signal()
    end
  end
end

--- Drive `client` in a fiber of its own until it is closed or loop:stop().
function M.attach(client, opts)
  opts = base.check(client, opts)
  local has_fiber, fiber = pcall(require, "fiber")
  local has_socket, socket = pcall(require, "socket")
  if not has_fiber or not has_socket or not socket.iowait then
    error("liangxin.loop.tarantool: this is not Tarantool: there are no fibers", 2)
  end
  local loop = base.new(client, opts, function(err)
    require("log").error("liangxin: %s", tostring(err))
  end)
  local fd = client:fd()
  loop.park = park_of(fiber)
  client.park = loop.park
  local driver
  -- The driver must have left its wait before the descriptor is closed.
  loop.leave = function()
    if driver and driver:id() ~= fiber.id() and driver:status() ~= "dead" then
      driver:wakeup()
    end
  end
  driver = fiber.create(function()
    fiber.name("liangxin")
    while loop:turn() do
      socket.iowait(fd, "R")
    end
  end)
  return loop
end

return M
