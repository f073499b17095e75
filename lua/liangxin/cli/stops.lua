-- stops.lua: Ctrl-C and SIGTERM. The first asks for an orderly end, the second for
-- one at once.

local core = require "liangxin.core"

local M = {}

--- From now on they are counted.
function M.catch()
  core.terminal.catch_stops()
end

--- 0, 1 or 2: how urgently the user wants the end.
function M.level()
  local interrupts, terminations = core.terminal.stops()
  return math.min(2, interrupts + terminations)
end

--- They end the program again.
function M.release()
  core.terminal.release_stops()
end

return M
