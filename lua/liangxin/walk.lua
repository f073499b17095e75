-- walk.lua: `next` and `pairs` as the library uses them. The built-in ones, but
-- not on a LuaJIT whose compiler breaks them.

local M = { next = next, pairs = pairs }

-- LuaJIT of before 2022-04-05 on x64, Debian 12's for one, may compile a step of
-- `next` so that the address of the found element loses its upper half, and the
-- process crashes (LuaJIT/LuaJIT#829). It depends on which registers are free, so no
-- loop is safe. What a C function of another module does is never compiled.
if jit and jit.version:find("beta", 1, true) then
  local step = require("liangxin.core").next
  M.next = step
  function M.pairs(t)
    return step, t
  end
end

return M
