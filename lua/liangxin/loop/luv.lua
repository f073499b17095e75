-- luv: local loop = require("liangxin.loop.luv").attach(client); uv.run()
-- Watches the client's descriptor in libuv's default loop. Opts: loop, the luv
-- module; on_error(err), default: prints to stderr.

local base = require "liangxin.loop"

local M = {}

-- In a coroutine of the host's: yield, and whoever ends the wait resumes it.
function M.park()
  local co, is_over, is_parked = coroutine.running(), false, false
  local function wait()
    is_parked = true
    while not is_over do
      coroutine.yield()
    end
    is_parked = false
  end
  local function wake()
    is_over = true
    if is_parked then
      local ok, raised = coroutine.resume(co)
      if not ok then
        error(raised, 0)
      end
    end
  end
  return wait, wake
end

function M.print_error(err)
  io.stderr:write("liangxin: ", tostring(err), "\n")
end

--- Watch the descriptor with libuv, calling `turn(loop)` when it is readable.
function M.watch(loop, uv, turn)
  local poll = assert(uv.new_poll(loop.client:fd()))
  loop.leave = function()
    poll:stop()
    if not poll:is_closing() then
      poll:close()
    end
  end
  loop.park = M.park
  loop.client.park = M.park
  assert(poll:start("r", turn))
  return loop
end

--- Drive `client` from libuv's loop until it is closed or loop:stop().
function M.attach(client, opts)
  opts = base.check(client, opts)
  local uv = opts.loop or package.loaded.luv
  if not base.has(uv, "new_poll") then
    error("liangxin.loop.luv: luv is not loaded: pass { loop = require 'luv' }", 2)
  end
  local loop = base.new(client, opts, M.print_error)
  return M.watch(loop, uv, function()
    loop:turn()
  end)
end

return M
