-- structured.lua: run and map. Jobs under one of them share a scope: it returns
-- when all of them have ended, and an error in one cancels the others.

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

--- What fn(...) returns, after it and every job it spawned ended.
function M.run(client, fn, ...)
  local scheduler = client._scheduler
  local scope = job_module.new_scope()
  local job = scheduler:spawn(scope, fn, ...)
  local err = await(scheduler, scope)
  if scope.has_failed then
    error(scope.raised, 0)
  elseif err and (err.kind == "cancelled" or job.status ~= "done") then
    return nil, err
  end
  return job_module.outcome(job)
end

-- Takes items until there are none: map runs `concurrency` of these.
local function worker(shared)
  while shared.next <= shared.count do
    local i = shared.next
    shared.next = i + 1
    local value, err = shared.fn(shared.list[i], i)
    shared.values[i] = value
    if value == nil then
      shared.errors[i] = err
    end
  end
end

--- fn(item, i) for all items, `concurrency` at a time: values and errors, in
--- the list's order; or nil, err when the caller was cancelled.
function M.map(client, list, fn, concurrency)
  local scheduler = client._scheduler
  local scope = job_module.new_scope()
  local shared = { list = list, fn = fn, next = 1, count = #list, values = {}, errors = {} }
  for _ = 1, math.min(concurrency, shared.count) do
    if not scope.has_failed then
      scheduler:spawn(scope, worker, shared)
    end
  end
  local err = await(scheduler, scope)
  if scope.has_failed then
    error(scope.raised, 0)
  elseif err then
    return nil, err
  end
  return shared.values, shared.errors
end

return M
