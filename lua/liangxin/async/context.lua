-- context.lua: where a wait is called from, and so how it can wait: in a job
-- (yield), in the main chunk (block), in a coroutine of the host's (through the
-- loop adapter in client.park).

local usage = require "liangxin.usage"

local M = {}

local running, is_yieldable = coroutine.running, rawget(coroutine, "isyieldable")

local UNKNOWN = "cannot wait in a coroutine that this client does not know: wrap "
  .. "the code in client:spawn or client:run, or attach a loop adapter (client.park)"
local NOT_YIELDABLE = "cannot wait here: a C function (gsub, sort, a metamethod, or "
  .. "pcall on Lua 5.1) stands between this call and its job; wait outside of it"
local LOOP_ATTACHED = "cannot wait in the main chunk while a loop adapter is attached: "
  .. "it would stop the loop; wrap the code in client:spawn, or call client:run to block"
local NOT_PARKED = "cannot wait here: client.park offered no way to; "
  .. "wrap the code in client:spawn"

local NO_FUNCTION = "client.park must be a function that returns two functions, wait and wake, not a %s"
local NOT_FUNCTIONS = "client.park must return two functions, wait and wake, not %s and %s"

local function is_callable(value)
  local meta = getmetatable(value)
  return type(value) == "function" or type(meta) == "table" and meta.__call ~= nil
end

-- The running job; else nil and the host's coroutine (nil in the main chunk).
-- Raises where no wait is possible.
local function place(scheduler, how)
  local co, is_main = running()
  local job = co and scheduler.jobs[co]
  if job then
    if is_yieldable and not is_yieldable() then
      usage.raise(NOT_YIELDABLE)
    end
    return job
  end
  local adapter = scheduler.client.park
  if co == nil or is_main then
    if adapter and how ~= "explicit" and how ~= "shielded" then
      usage.raise(LOOP_ATTACHED)
    end
    return nil, nil
  elseif not adapter then
    usage.raise(UNKNOWN)
  end
  return nil, co
end

--- The job that would wait, nil outside of jobs; raises where no wait is
--- possible.
function M.check(scheduler, how)
  return (place(scheduler, how))
end

--- A waiter for the calling place: {job =} in a job, {wait =, wake =} with an
--- adapter, {} for blocking. Raises where there is no way to wait.
function M.waiter(scheduler, how)
  local job, host = place(scheduler, how)
  if not host then
    -- Naming the later fields sizes the table once.
    return { job = job, on = nil, before = nil, after = nil, why = nil, cause = nil }
  end
  local adapter = scheduler.client.park
  if not is_callable(adapter) then
    usage.raise(NO_FUNCTION, type(adapter))
  end
  local wait, wake = adapter()
  if not wait then
    usage.raise(NOT_PARKED)
  elseif not is_callable(wait) or not is_callable(wake) then
    usage.raise(NOT_FUNCTIONS, type(wait), type(wake))
  end
  return { wait = wait, wake = wake }
end

return M
