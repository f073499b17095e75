-- structured.lua: run and map. Jobs under one of them share a scope: it returns
-- when all of them have ended. What an error in one of them does to the others
-- is the caller's choice.

local errors = require "liangxin.errors"
local job_module = require "liangxin.async.job"

local M = {}

-- Wait until every job of `scope` has ended, also those that have to be
-- cancelled first. Nothing, or the error of a wait that was cut short.
local function await(scheduler, scope)
  local err
  while scope.open > 0 do
    local why, cause = scheduler:wait(scope, nil, err and "shielded" or "explicit")
    if why ~= "done" then
      if err then
        break -- closed or forked: there is nothing left to wait for
      end
      err = why == "cancelled" and cause or errors.local_end(why)
      scope:cancel()
      scheduler:drain()
    end
  end
  return err
end

-- Raise what a job in the scope raised. Tasks that were given up for it are
-- named in the error; where it is none of ours, at the end of the process.
local function raise_error(scope)
  local raised = scope.raised
  if errors.is_error(raised) and scope.cancelled[1] then
    local ids = {}
    for _, waitable in ipairs(scope.cancelled) do
      ids[#ids + 1] = waitable:_give_up()
    end
    raised.cancelled = ids[1] and ids or nil
  end
  error(raised, 0)
end

--- What fn(...) returns, after it and every job it spawned ended. The first
--- error cancels the others.
function M.run(client, fn, ...)
  local scheduler = client._scheduler
  local scope = job_module.new_scope("cancel")
  local job = scheduler:spawn(scope, fn, ...)
  local err = await(scheduler, scope)
  if scope.has_failed then
    raise_error(scope)
  elseif err and (err.kind == "cancelled" or job.status ~= "done") then
    return nil, err
  end
  return job_module.outcome(job)
end

-- Takes items until there are none: map runs `concurrency` of these.
local function worker(shared)
  while shared.next <= shared.count and not shared.scope.has_failed do
    local i = shared.next
    shared.next = i + 1
    local value, err = shared.call(shared, i)
    shared.values[i] = value
    if value == nil then
      shared.errors[i] = err
    end
  end
end

local function call(shared, i)
  return shared.fn(shared.list[i], i)
end

-- The same in a job of its own, for no wait may stand inside a pcall on Lua 5.1:
-- what it raises is the item's error.
local function call_protected(shared, i)
  local scheduler = shared.scheduler
  local scope = job_module.new_scope("collect")
  local job = scheduler:spawn(scope, shared.fn, shared.list[i], i)
  local err = await(scheduler, scope)
  if scope.has_failed then
    return nil, scope.raised
  elseif err and job.status ~= "done" then
    return nil, err
  end
  return job_module.outcome(job)
end

--- fn(item, i) for all items: values and errors, in the list's order, with `n`;
--- or nil, err when the caller was cancelled. `opts`: {concurrency =, after_error
--- = "finish", "cancel" or "collect"}.
function M.map(client, list, fn, opts)
  local scheduler, after_error = client._scheduler, opts.after_error or "finish"
  local scope = job_module.new_scope(after_error)
  local count = #list
  local shared = {
    scheduler = scheduler,
    scope = scope,
    list = list,
    fn = fn,
    call = after_error == "collect" and call_protected or call,
    next = 1,
    count = count,
    values = { n = count },
    errors = {},
  }
  for _ = 1, math.min(opts.concurrency, count) do
    if not scope.has_failed then
      scheduler:spawn(scope, worker, shared)
    end
  end
  local err = await(scheduler, scope)
  if scope.has_failed then
    raise_error(scope)
  elseif err then
    return nil, err
  end
  return shared.values, shared.errors
end

return M
