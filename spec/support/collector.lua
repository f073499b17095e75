-- The pause of the collector, which each Lua calls otherwise.

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

return M
