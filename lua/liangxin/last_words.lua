-- last_words.lua: what a program has missed when it ends or drops its client: an
-- error of a job that nobody waited for, a task that was paid for. Written to
-- stderr when the client is collected. Knows two lists and a count.

local pairs = require("liangxin.walk").pairs

local M = {}

local UNCLAIMED_MAX = 1000 -- tasks remembered
local SHOWN_MAX = 50 -- tasks written

--- Tasks that this client made and whose end no wait has returned. `has_journal`:
--- of the client, which knows them then.
function M.new_unclaimed(has_journal)
  return { count = 0, models = {}, has_journal = has_journal }
end

--- A task was made.
function M.add(unclaimed, task_id, model)
  if unclaimed.count < UNCLAIMED_MAX and not unclaimed.models[task_id] then
    unclaimed.count = unclaimed.count + 1
    unclaimed.models[task_id] = model or "unknown model"
  end
end

--- A wait has returned its end, or an error that names the task.
function M.remove(unclaimed, task_id)
  if unclaimed.models[task_id] then
    unclaimed.count = unclaimed.count - 1
    unclaimed.models[task_id] = nil
  end
end

local function report_errors(kept)
  for _, entry in ipairs(kept) do
    if not (entry.job and entry.job._is_observed) then
      local ok, text = pcall(tostring, entry.value)
      local what = entry.job and "a job failed and nobody waited for it"
        or entry.where and entry.where:match("^[^\n]*") .. " failed" or "on_error failed"
      io.stderr:write("liangxin: ", what, ": ", ok and text or type(entry.value), "\n")
    end
  end
end

local function report_creating(count)
  if count > 0 then
    io.stderr:write(("liangxin: %d request%s to create a task %s under way; what was made may be billed\n")
      :format(count, count == 1 and "" or "s", count == 1 and "was" or "were"))
  end
end

local function report_tasks(unclaimed)
  local names = {}
  for task_id, model in pairs(unclaimed.models) do
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
    unclaimed.has_journal and "; they are in the journal: the same keys, or client:resume(), go on with them\n"
      or "; client:task(id):wait() gives the result\n")
end

--- An object that, when it is collected, reports what is left in `kept` and
--- `unclaimed`, and how many creates are under way. The client holds it.
function M.guard(kept, unclaimed, count_creates)
  local function say()
    report_errors(kept)
    report_creating(count_creates())
    report_tasks(unclaimed)
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
