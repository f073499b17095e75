-- inputs.lua: results of earlier tasks in the input of another one. Their URLs
-- are signed and expire: what may have is renewed before it is sent, and only if
-- it will be.

local asking = require "liangxin.journal.asking"
local core = require "liangxin.core"
local record_module = require "liangxin.record"
local next = require("liangxin.walk").next
local pairs = require("liangxin.walk").pairs

local M = {}

local FRESH_SECONDS = 600 -- no service is known whose URLs die sooner

-- Call visit(url, result) for each text, and for each result with its first URL.
-- `seen`: tables that it has been to.
local function walk(value, visit, seen)
  if type(value) == "string" then
    visit(value)
  elseif type(value) == "table" and not seen[value] then
    seen[value] = true
    if getmetatable(value) == core.result_class then
      visit(value.urls[1], value)
    else
      for _, item in next, value do
        walk(item, visit, seen)
      end
    end
  end
end

-- The stale ones: task id -> list of {number =, url =, result = (or nil)}.
local function find_stale(journal, input)
  local found
  walk(input, function(url, result)
    local task_id, number = journal:_task_of(url)
    if result then
      task_id, number = result.task_id, 1
    end
    if task_id and journal:_age(task_id) > FRESH_SECONDS then
      found = found or {}
      found[task_id] = found[task_id] or {}
      table.insert(found[task_id], { number = number, url = url, result = result })
    end
  end, {})
  return found
end

-- Whether a create with these options may be sent: false where the journal knows
-- the answer.
local function may_be_sent(client, opts)
  if not opts.key then
    return true
  end
  local page = asking.ask(client, { verb = "entries", key = opts.key })
  local entry = page and page.entries[1]
  local state = entry and entry.state
  return not state or state == "planned" or state == "refused"
    or (state == "failed" or state == "abandoned") and opts.retry_failed
end

-- The input with other texts in it. `copies`: of tables that it has been to.
local function with_texts(value, fresh, copies)
  if type(value) == "string" then
    return fresh[value] or value
  end
  local meta = type(value) == "table" and getmetatable(value)
  if type(value) ~= "table" or meta and meta ~= core.array_mt then
    return value
  elseif not copies[value] then
    copies[value] = setmetatable({}, meta)
    for name, item in next, value do
      copies[value][name] = with_texts(item, fresh, copies)
    end
  end
  return copies[value]
end

-- Ask what URLs each task has now, into `fresh`: true, or nil, err.
local function renew(client, stale, fresh)
  for task_id, uses in pairs(stale) do
    local record, err = client:_query(task_id)
    if not record then
      err.message = ("the URL of task %s, whose result is in the input, could not be renewed: %s")
        :format(task_id, err.message)
      err.charged = "no" -- for what was to be created
      return nil, err
    end
    record_module.adopt(record)
    if #record.urls > 0 then
      client.journal:_name(task_id, record.urls)
    end
    for _, use in ipairs(uses) do
      local url = record.urls[use.number]
      if url and use.result then
        use.result.urls = record.urls
      elseif url then
        fresh[use.url] = url
      end
    end
  end
  return true
end

--- The input with fresh URLs of results; nil where they are fresh, or it will not be
--- sent; or nil, err.
function M.refresh(client, input, opts)
  local stale = find_stale(client.journal, input)
  if not stale or not may_be_sent(client, opts) then
    return nil
  end
  local fresh = {}
  local ok, err = renew(client, stale, fresh)
  if not ok then
    return nil, err
  end
  return next(fresh) and with_texts(input, fresh, {}) or input
end

return M
