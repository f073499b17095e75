-- The collector, which each Lua calls otherwise: its pause, and finalizers.

local M = {}

local is_named = pcall(collectgarbage, "param", "pause") -- Lua 5.5

--- Set the pause, in percent; returns the one before.
function M.set_pause(percent)
  if is_named then
    return collectgarbage("param", "pause", percent)
  end
  return collectgarbage("setpause", percent)
end

--- Set the multiplier of a step; returns the one before.
function M.set_step_multiplier(percent)
  if is_named then
    return collectgarbage("param", "stepmul", percent)
  end
  return collectgarbage("setstepmul", percent)
end

local newproxy = rawget(_G, "newproxy") -- where tables have no __gc

--- An object whose collection calls fn.
function M.with_finalizer(fn)
  if newproxy then
    local proxy = newproxy(true)
    getmetatable(proxy).__gc = fn
    return proxy
  end
  return setmetatable({}, { __gc = fn })
end

return M
