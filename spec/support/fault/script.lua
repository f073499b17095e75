-- The script that a spec gives: an ordered list of rules, each saying which
-- requests it takes and what happens to them. Checks rules and finds the one
-- for a request; carries nothing out. spec/support/fault_client.lua documents
-- the fields for those who write specs.

local bytes = require("spec.support.fault.bytes")

---@class fault.Script
local script = {}
script.__index = script

-- Bodies are packed in one piece.
local PACKED_MAX_BYTES = 16 * 1048576

local POINTS = {
  accept = true,
  before_read = true,
  after_headers = true,
  after_read = true,
  after_answer_bytes = true,
}

local function one_of(...)
  local allowed, names = {}, { ... }
  for _, name in ipairs(names) do
    allowed[name] = true
  end
  return function(value)
    return allowed[value], "one of " .. table.concat(names, ", ")
  end
end

local function of_type(name)
  return function(value)
    return type(value) == name, "a " .. name
  end
end

local function number(value)
  return type(value) == "number" and value >= 0, "a number, 0 or more"
end

local function integer(value)
  return math.type(value) == "integer" and value >= 0, "an integer, 0 or more"
end

local function times(value)
  return value == "always" or (math.type(value) == "integer" and value >= 1),
    'an integer from 1 on, or "always"'
end

local function status(value)
  return math.type(value) == "integer" and value >= 100 and value <= 999,
    "an integer, 100 to 999"
end

local function content_length(value)
  return value == false or type(value) == "string" or integer(value),
    "an integer, a string sent as it is, or false for no such header"
end

local function headers(value)
  local ok = type(value) == "table"
  for _, header in ipairs(ok and value or {}) do
    ok = ok and type(header) == "table" and type(header[1]) == "string"
      and (type(header[2]) == "string" or header[2] == false)
  end
  return ok, "a list of {name, value}; value false takes a header away"
end

-- A table that may hold these keys and no others, or `true` where allowed.
local function record(fields, or_true)
  return function(value)
    if value == true and or_true then
      return true
    elseif type(value) ~= "table" then
      return false, or_true and "true or a table" or "a table"
    end
    for key, item in pairs(value) do
      local check = fields[key]
      if not check then
        return false, "a table without a field " .. tostring(key)
      end
      local ok, want = check(item)
      if not ok then
        return false, ("a table whose %s is %s"):format(key, want)
      end
    end
    return true
  end
end

local function magic(value)
  return bytes.magic_names()[value] ~= nil, "a name of fault/bytes.lua"
end

local function string_or_false(value)
  return value == false or type(value) == "string", "a string or false"
end

local function list_of(kind)
  return function(value)
    local ok = type(value) == "table"
    for _, item in ipairs(ok and value or {}) do
      ok = ok and type(item) == kind
    end
    return ok, "a list, each a " .. kind
  end
end

-- How a served file behaves.
local FILE_FIELDS = {
  size = integer,
  content_type = of_type("string"),
  magic = magic,
  etag = string_or_false,
  last_modified = string_or_false,
  ranges = of_type("boolean"),
  seed = of_type("string"),
}

-- How the service treats one task; also its defaults for all.
local TASK_FIELDS = {
  polls_until_success = integer,
  pending_states = list_of("string"),
  invisible_polls = integer,
  outcome = one_of("success", "fail"),
  fail_code = of_type("string"),
  fail_msg = of_type("string"),
  urls = list_of("string"),
  files = integer,
  files_on = one_of("main", "other", "tls", "tls_other"),
}

local SERVICE_FIELDS = {
  api_key = of_type("string"),
  file = record(FILE_FIELDS),
}
for name, check in pairs(TASK_FIELDS) do
  SERVICE_FIELDS[name] = check
end

local RULE_FIELDS = {
  -- which requests
  on = one_of("any", "create", "query", "file", "other"),
  method = of_type("string"),
  path = of_type("string"),
  task = of_type("string"),
  only_on = one_of("fresh", "reused"),
  listener = of_type("string"),
  times = times,
  -- what happens
  act = one_of("answer", "reset", "close", "hang"),
  when = function(value)
    return POINTS[value], "accept, before_read, after_headers, after_read or"
      .. " after_answer_bytes"
  end,
  bytes = integer,
  seconds = number,
  billed = of_type("boolean"),
  script = record(TASK_FIELDS),
  -- the answer
  status = status,
  reason = of_type("string"),
  headers = headers,
  content_type = string_or_false,
  body = of_type("string"),
  body_size = integer,
  raw = of_type("string"),
  redirect = of_type("string"),
  http_version = one_of("1.0", "1.1"),
  content_length = content_length,
  chunked = record({
    size = integer,
    fault = one_of("bad_size", "huge_size", "short", "no_end", "no_crlf"),
  }, true),
  gzip = record({ bomb_bytes = integer, bad_crc = of_type("boolean") }, true),
  informational = list_of("number"),
  -- its delivery
  early = integer,
  delay_s = number,
  drip = record({
    bytes = integer,
    every_s = number,
    head = of_type("boolean"),
  }),
  cut_after = integer,
  cut = one_of("close", "reset"),
  close_after = function(value)
    return value == false or value == "announced" or value == "silent"
      or value == "abrupt", "announced, silent, abrupt or false"
  end,
}

local function check(fields, value, what)
  local ok, want = record(fields)(value)
  if not ok then
    return nil, ("%s must be %s"):format(what, want)
  end
  return true
end

-- At these points the request is not known yet.
local BLIND_POINTS = { accept = true, before_read = true }

local function check_combination(rule)
  if rule.act == "answer" and rule.when then
    return nil, "act answer takes no when; use early or delay_s"
  elseif BLIND_POINTS[rule.when]
    and (rule.on or rule.method or rule.path or rule.task) then
    return nil, "when " .. rule.when .. " comes before the request is read:"
      .. " leave on, method, path and task out, or use after_headers"
  elseif rule.when == "accept" and rule.only_on then
    return nil, "when accept takes no only_on: a connection is fresh then"
  elseif rule.when == "accept" and rule.billed then
    return nil, "when accept there is no request that could be billed"
  elseif rule.when == "after_answer_bytes" and not rule.bytes then
    return nil, "when after_answer_bytes needs bytes, counted from the status"
      .. " line on; cut_after counts body bytes"
  elseif rule.drip and not (rule.drip.bytes and rule.drip.bytes > 0
    and rule.drip.every_s) then
    return nil, "drip needs bytes (1 or more) and every_s"
  elseif rule.body_size and rule.body == "" then
    return nil, "body_size repeats body, which must not be empty"
  elseif rule.gzip and (rule.body_size or 0) > PACKED_MAX_BYTES then
    return nil, "gzip packs at most 16 MiB; for more use gzip.bomb_bytes"
  elseif type(rule.gzip) == "table" and rule.gzip.bomb_bytes == 0 then
    return nil, "gzip.bomb_bytes must be 1 or more"
  end
  return true
end

---@return fault.Script
function script.new()
  return setmetatable({ rules = {} }, script)
end

---Append a rule.
---@param rule table
---@return integer? number, string? err
function script:add(rule)
  local ok, problem = check(RULE_FIELDS, rule, "a rule")
  if ok then
    rule.act = rule.act or "answer"
    ok, problem = check_combination(rule)
  end
  if not ok then
    return nil, problem
  end
  if rule.act ~= "answer" then
    rule.when = rule.when or "after_read"
  end
  rule.times = rule.times or 1
  table.insert(self.rules, { rule = rule, used = 0 })
  return #self.rules
end

---@param value table
---@return true? ok, string? err
function script.check_task(value)
  return check(TASK_FIELDS, value, "a task's script")
end

---@param value table
---@return true? ok, string? err
function script.check_service(value)
  return check(SERVICE_FIELDS, value, "the service's settings")
end

---@param value table
---@return true? ok, string? err
function script.check_file(value)
  return check(FILE_FIELDS, value, "a file")
end

local function find(self, fits)
  for _, entry in ipairs(self.rules) do
    local rule = entry.rule
    local is_left = rule.times == "always" or entry.used < rule.times
    if is_left and fits(rule) then
      entry.used = entry.used + 1
      return rule
    end
  end
  return nil
end

local function same(wanted, value)
  return wanted == nil or wanted == value
end

---The rule for a connection that was just accepted.
---@param listener string
---@return table? rule
function script:for_accept(listener)
  return find(self, function(rule)
    return rule.when == "accept" and same(rule.listener, listener)
  end)
end

---The rule for a request of which only the first bytes are there.
---@param listener string
---@param age "fresh"|"reused"
---@return table? rule
function script:for_first_bytes(listener, age)
  return find(self, function(rule)
    return rule.when == "before_read" and same(rule.listener, listener)
      and same(rule.only_on, age)
  end)
end

---The rule for a request whose head was read.
---@param request fault.Request with kind, task_id, listener and age
---@return table? rule
function script:for_request(request)
  return find(self, function(rule)
    return not BLIND_POINTS[rule.when]
      and (rule.on == "any" or same(rule.on, request.kind))
      and same(rule.method, request.method)
      and (not rule.path or request.path:sub(1, #rule.path) == rule.path)
      and same(rule.task, request.task_id)
      and same(rule.only_on, request.age)
      and same(rule.listener, request.listener)
  end)
end

---Every rule with how often it was used; `left` nil means always.
---@return table[]
function script:report()
  local out = {}
  for n, entry in ipairs(self.rules) do
    local rule = entry.rule
    local left
    if rule.times ~= "always" then
      left = rule.times - entry.used
    end
    out[n] = { n = n, act = rule.act, when = rule.when, used = entry.used,
      left = left }
  end
  return out
end

return script
