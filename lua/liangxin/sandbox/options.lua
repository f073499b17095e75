-- Checks what the user gives to `start`. Bad options are a programmer's
-- mistake: the message names the option, the value and what is allowed.

local faults = require("liangxin.sandbox.faults")

local options = {}

local function is_whole(value)
  return type(value) == "number" and value % 1 == 0
end

local function fault_words()
  local words = {}
  for i, row in ipairs(faults) do
    words[i] = row.word
  end
  return words
end

local function is_fault(value)
  for _, word in ipairs(fault_words()) do
    if value == word then
      return true
    end
  end
  return false
end

local function is_seconds(value)
  return type(value) == "number" and value >= 0 and value <= 86400
end

-- One number for all, or a table with one per kind of model.
local function is_seconds_by_kind(value)
  if type(value) ~= "table" then
    return is_seconds(value)
  end
  for kind, seconds in pairs(value) do
    if kind ~= "image" and kind ~= "video" or not is_seconds(seconds) then
      return false
    end
  end
  return true
end

-- name, default, check, what is allowed.
local ROWS = {
  {
    name = "port",
    default = 0,
    is_good = function(value)
      return is_whole(value) and value >= 0 and value <= 65535
    end,
    allowed = "an integer from 0 (any free port) to 65535",
  },
  {
    name = "api_key",
    default = "sk-sandbox",
    is_good = function(value)
      return type(value) == "string" and value:find("^[\33-\126]+$") ~= nil
    end,
    allowed = "a text of visible ASCII characters",
  },
  {
    name = "seconds",
    default = { image = 2, video = 5 },
    is_good = is_seconds_by_kind,
    allowed = "seconds from 0 to 86400, or a table {image =, video =}",
  },
  {
    name = "speed",
    default = 1,
    is_good = function(value)
      return type(value) == "number" and value > 0 and value <= 1e6
    end,
    allowed = "a number above 0, at most 1e6; 10 is ten times as fast",
  },
  {
    name = "fault",
    is_good = is_fault,
    allowed = "one of " .. table.concat(fault_words(), ", "),
  },
  {
    name = "seed",
    default = 1,
    is_good = function(value)
      return is_whole(value) and value >= 0 and value <= 4294967295
    end,
    allowed = "an integer from 0 to 4294967295",
  },
  {
    name = "unknown_task",
    default = 200,
    is_good = function(value)
      return value == 200 or value == 404
    end,
    allowed = "200 or 404, the HTTP status for an unknown taskId",
  },
  {
    name = "max_body",
    default = 16 * 1024 * 1024,
    is_good = function(value)
      return is_whole(value) and value >= 1 and value <= 1024 * 1024 * 1024
    end,
    allowed = "bytes from 1 to 1 GiB; larger requests are answered 413",
  },
}

local function distance(a, b)
  local row = {}
  for j = 0, #b do
    row[j] = j
  end
  for i = 1, #a do
    local corner = row[0]
    row[0] = i
    for j = 1, #b do
      local change = corner + (a:byte(i) == b:byte(j) and 0 or 1)
      corner = row[j]
      row[j] = math.min(row[j] + 1, row[j - 1] + 1, change)
    end
  end
  return row[#b]
end

local function nearest(name)
  local best, best_distance = nil, math.huge
  for _, row in ipairs(ROWS) do
    local d = distance(name:lower(), row.name)
    if d < best_distance then
      best, best_distance = row.name, d
    end
  end
  return best
end

local function find_row(name)
  for _, row in ipairs(ROWS) do
    if row.name == name then
      return row
    end
  end
  return nil
end

local function shown(value)
  return type(value) == "string" and ("%q"):format(value) or tostring(value)
end

local function check_names(given, level)
  for name in pairs(given) do
    if type(name) ~= "string" then
      error("liangxin.sandbox: options are named, not listed", level + 1)
    elseif not find_row(name) then
      error(
        ("liangxin.sandbox: unknown option %q; did you mean %q?"):format(
          name,
          nearest(name)
        ),
        level + 1
      )
    end
  end
end

---The options with defaults filled in, as a new table. Raises at `level`.
function options.check(given, level)
  if given ~= nil and type(given) ~= "table" then
    error(
      ("liangxin.sandbox: options must be a table, not %s"):format(type(given)),
      level + 1
    )
  end
  given = given or {}
  check_names(given, level + 1)
  local checked = {}
  for _, row in ipairs(ROWS) do
    local value = given[row.name]
    if value == nil then
      value = row.default
    elseif not row.is_good(value) then
      error(
        ("liangxin.sandbox: option %s is %s; it must be %s"):format(
          row.name,
          shown(value),
          row.allowed
        ),
        level + 1
      )
    end
    checked[row.name] = value
  end
  local seconds = checked.seconds
  local defaults = find_row("seconds").default
  if type(seconds) == "number" then
    checked.seconds = { image = seconds, video = seconds }
  else
    checked.seconds = {
      image = seconds.image or defaults.image,
      video = seconds.video or defaults.video,
    }
  end
  return checked
end

return options
