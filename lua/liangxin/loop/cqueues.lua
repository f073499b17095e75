-- cqueues: local loop = require("liangxin.loop.cqueues").attach(client, { loop = cq })
-- Drives the client in a coroutine of the controller `loop`, which it needs. The
-- controller's loop() ends when the client is closed. Opts: on_error(err),
-- default: prints to stderr.

local base = require "liangxin.loop"
local luv = require "liangxin.loop.luv"

local M = {}

local function park()
  local condition = require("cqueues.condition").new()
  local is_over = false
  return function()
    while not is_over do
      condition:wait()
    end
  end, function()
    is_over = true
    condition:signal()
  end
end

--- Drive `client` from a controller of cqueues until it is closed or stopped.
function M.attach(client, opts)
  opts = base.check(client, opts)
  local controller = opts.loop
  if not base.has(controller, "wrap") then
    error("liangxin.loop.cqueues: pass the controller: { loop = cqueues.new() }", 2)
  end
  local cqueues = require "cqueues"
  local ended = require("cqueues.condition").new()
  local loop = base.new(client, opts, luv.print_error)
  local fd = client:fd()
  loop.park = park
  client.park = park
  -- The descriptor leaves the controller's set before the client closes it.
  loop.leave = function()
    cqueues.cancel(fd)
    ended:signal()
  end
  controller:wrap(function()
    while loop:turn() do
      cqueues.poll({ pollfd = fd, events = "r" }, ended)
    end
  end)
  return loop
end

return M
