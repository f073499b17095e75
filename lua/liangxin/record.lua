-- record.lua: what recordInfo said about a task. The core makes the plain
-- table; this file adds the fields that are decoded only when somebody asks.

local json = require "liangxin.json"

local M = {}

local Record = { __name = "liangxin.record" }
M.class = Record

-- `data` is the whole data object, decoded at its first use. Raises without
-- lua-cjson.
function Record.__index(record, key)
  if key ~= "data" then
    return nil
  end
  json.check_there("reading record.data")
  local envelope = json.decode(rawget(record, "body") or "")
  local data = type(envelope) == "table" and envelope.data or nil
  if type(data) ~= "table" then
    data = nil
  end
  rawset(record, "data", data)
  return data
end

function Record.__tostring(record)
  return ("liangxin record of %s (%s)"):format(record.task_id or "?", record.state or "no state")
end

--- Make the core's plain table a record. nil stays nil.
function M.adopt(record)
  if record then
    record.urls = record.urls or {}
    return setmetatable(record, Record)
  end
  return nil
end

return M
