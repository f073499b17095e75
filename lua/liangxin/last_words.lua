-- last_words.lua: what a program that ends, or drops its client, has not heard:
-- an error of a job that nobody waited for, a task that was paid for. Written to
-- stderr when the client is collected. Knows only two lists.

local M = {}

local UNHEARD_MAX = 1000 -- tasks that are remembered
local SHOWN_MAX = 50 -- and written

--- The tasks that this client made and of whose end nobody has heard.
function M.new_unheard()
  return { count = 0, models = {} }
end

--- A task was made.
function M.add(unheard, task_id, model)
  if unheard.count < UNHEARD_MAX and not unheard.models[task_id] then
    unheard.count = unheard.count + 1
    unheard.models[task_id] = model or "unknown model"
  end
end

--- Somebody has heard of its end, or of the end of a wait for it.
function M.remove(unheard, task_id)
  if unheard.models[task_id] then
    unheard.count = unheard.count - 1
    unheard.models[task_id] = nil
  end
end

local function tell_errors(kept)
  for _, entry in ipairs(kept) do
    if not (entry.job and entry.job._is_observed) then
      local ok, text = pcall(tostring, entry.value)
      local what = entry.job and "a job failed and nobody waited for it"
        or entry.where and entry.where:match("^[^\n]*") .. " failed" or "on_error failed"
      io.stderr:write("liangxin: ", what, ": ", ok and text or type(entry.value), "\n")
    end
  end
end

local function name_tasks(unheard)
  local names = {}
  for task_id, model in pairs(unheard.models) do
    names[#names + 1] = ("%s (%s)"):format(task_id, model)
  end
  if #names == 0 then
    return
  end
  table.sort(names)
  local more = #names - SHOWN_MAX
  io.stderr:write("liangxin: these tasks may be billed, and no wait saw their end: ",
    table.concat(names, ", ", 1, math.min(#names, SHOWN_MAX)),
    more > 0 and (" and %d more"):format(more) or "",
    "; client:task(id):wait() gives the result\n")
end

--- An object that, when it is collected, tells of what is left in `kept` and
--- `unheard`. Whoever owns these holds it.
function M.guard(kept, unheard)
  local function say()
    tell_errors(kept)
    name_tasks(unheard)
  end
  local newproxy = rawget(_G, "newproxy")
  if newproxy and rawget(_G, "_VERSION") == "Lua 5.1" then -- tables have no __gc
    local proxy = newproxy(true)
    getmetatable(proxy).__gc = say
    return proxy
  end
  return setmetatable({}, {
    __gc = say,
  })
end

return M
