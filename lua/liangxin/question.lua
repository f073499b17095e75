-- question.lua: what the service is asked once, without a wait for a task: a
-- task's record, a page of the gateway's.

local errors = require "liangxin.errors"
local record_module = require "liangxin.record"

local M = {}

local Query = {}
Query.__index = Query

function Query:_on_record(record, err)
  self.record, self.err = record_module.adopt(record), err
  self._scheduler:release(self)
  self._scheduler:finish(self)
end

--- The record that answers, or nil, err. `method` is of the client's handle and
--- takes the rest; `task_id` is nil where the question is about no task.
function M.ask(client, task_id, method, ...)
  local scheduler = client._scheduler
  local op = setmetatable({ _scheduler = scheduler }, Query)
  local ok, kind = scheduler:submit(op, method, ...)
  if not ok then
    return nil, errors.of_client(client, errors.local_end(kind))
  end
  local why, cause = scheduler:wait(op)
  if why == "done" then
    if op.err then
      op.err.task_id = task_id
      return nil, errors.of_client(client, errors.adopt(op.err, nil, op.record))
    end
    return op.record
  end
  scheduler:abandon(op)
  return nil, errors.of_client(client, why == "cancelled" and cause or errors.local_end(why))
end

-- What an address says that has no such page.
local NO_ACCOUNT_PAGE = { not_found = true, bad_response = true, invalid_request = true, forbidden = true }

--- What the key was granted, has used and has left; nil, err where the gateway
--- does not say.
function M.account(client)
  local record, err = M.ask(client, nil, "page", "account")
  local data = record and record.data or {}
  local granted, used = tonumber(data.total_granted), tonumber(data.total_used)
  local available = tonumber(data.total_available)
  if granted and used and available then
    local is_unlimited = data.unlimited_quota == true or nil
    return { granted = granted, used = used, available = available, unlimited = is_unlimited }
  elseif not err or NO_ACCOUNT_PAGE[err.kind] then
    return nil, errors.of_client(client, errors.new("bad_response", "the gateway does not say what the account has: "
      .. "it answers /api/usage/token/ with " .. (err and err.message or "other fields"),
      { cause = err, record = record }))
  end
  return nil, err
end

return M
