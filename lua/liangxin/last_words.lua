-- last_words.lua: an error of a job that nobody waited for, in a program that
-- ends or drops its client without another step, is written to stderr when the
-- client is collected. Knows only the scheduler's list of kept errors.

local M = {}

local function say(kept)
  for _, entry in ipairs(kept) do
    if not (entry.job and entry.job._is_observed) then
      local ok, text = pcall(tostring, entry.value)
      io.stderr:write("liangxin: a job failed and nobody waited for it: ",
        ok and text or type(entry.value), "\n")
    end
  end
end

--- An object that, when it is collected, tells of what is left in `kept`.
--- Whoever owns the list holds it.
function M.guard(kept)
  local newproxy = rawget(_G, "newproxy")
  if newproxy and rawget(_G, "_VERSION") == "Lua 5.1" then -- tables have no __gc
    local proxy = newproxy(true)
    getmetatable(proxy).__gc = function()
      say(kept)
    end
    return proxy
  end
  return setmetatable({}, {
    __gc = function()
      say(kept)
    end,
  })
end

return M
