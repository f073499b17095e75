-- ngx: client_loop = require("liangxin.loop.ngx").attach(client), once per worker
-- Steps the client from a timer of nginx; requests wait by semaphores. Call it in
-- init_worker_by_lua or in a request; make the client there, too. On quit and
-- reload what is under way ends first, for up to opts.drain seconds (default 60).
-- Opts: interval, seconds between steps, default 0.01; on_error(err), default:
-- the error log.

local base = require "liangxin.loop"

local M = {}

local OPTIONS = {
  interval = { "number", 0.001, 60, default = 0.01 },
  drain = { "number", 0, 86400, default = 60 },
}
local WAIT_S = 3600 -- of one semaphore:wait; the wait goes on after it

local function park()
  local semaphore = require("ngx.semaphore").new(0)
  return function()
    semaphore:wait(WAIT_S)
  end, function()
    semaphore:post(1)
  end
end

-- The worker quits: no timer may be made any more, but this one may sleep.
local function drain(loop, ngx, interval, seconds)
  local client, limit = loop.client, ngx.now() + seconds
  local quiet = 0 -- turns: a request that was woken goes on in the sleep
  while quiet < 2 and loop:turn() and ngx.now() < limit do
    quiet = client:pending() == 0 and quiet + 1 or 0
    ngx.sleep(interval)
    ngx.update_time()
  end
  if loop:is_running() then
    local ok, raised = pcall(client.close, client)
    if not ok then
      loop:report(raised)
    end
  end
end

--- Drive `client` from this worker's timers until it is closed or loop:stop().
function M.attach(client, opts)
  opts = base.check(client, opts, OPTIONS)
  local ngx = opts.loop or rawget(_G, "ngx")
  if not base.has(ngx, "timer") then
    error("liangxin.loop.ngx: this is not nginx: there is no ngx.timer", 2)
  elseif ngx.get_phase() == "init" then
    error("liangxin.loop.ngx: attach in init_worker_by_lua or later: a client made in "
      .. "init_by_lua stays behind in the master process", 2)
  end
  local interval = opts.interval
  local loop = base.new(client, opts, function(err)
    ngx.log(ngx.ERR, "liangxin: ", tostring(err))
  end)
  loop.park = park
  client.park = park
  local tick
  local function again()
    local ok, err = ngx.timer.at(interval, tick)
    if not ok then
      loop:report("nginx makes no timer: " .. tostring(err))
    end
  end
  function tick(is_quitting)
    if is_quitting then
      return loop.client and drain(loop, ngx, interval, opts.drain)
    elseif loop:turn() then
      again()
    end
  end
  again()
  return loop
end

return M
