-- Checks what the user gives to `start`. Bad options are a programmer's
-- mistake: the message names the option, the value and what is allowed.

local faults = require("liangxin.sandbox.faults")
local spelling = require("liangxin.spelling")
local pairs = require("liangxin.walk").pairs

local options = {}

local function is_whole(value)
  return type(value) == "number" and value % 1 == 0
end

local function is_number(value, least, most)
  return type(value) == "number" and value >= least and value <= most
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
  return is_number(value, 0, 86400)
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

local CREDITS_MAX = 1e9
local SIDE_MAX = 8192

-- One number for all, or a table with one per model.
local function is_prices(value)
  if type(value) ~= "table" then
    return is_number(value, 0, CREDITS_MAX)
  end
  for model, credits in pairs(value) do
    if type(model) ~= "string" or not is_number(credits, 0, CREDITS_MAX) then
      return false
    end
  end
  return true
end

-- From this speed on nobody watches: results are small, ends in order.
local FAST = 100

-- name, default (a function of the checked ones before), check, what is
-- allowed.
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
      return value ~= 0 and is_number(value, 0, 1e6)
    end,
    allowed = "a number above 0, at most 1e6; 10 is ten times as fast",
  },
  {
    name = "ordered",
    default = function(checked)
      return checked.speed >= FAST
    end,
    is_good = function(value)
      return type(value) == "boolean"
    end,
    allowed = "true or false",
  },
  {
    name = "side",
    default = function(checked)
      return checked.speed >= FAST and 64 or SIDE_MAX
    end,
    is_good = function(value)
      return is_whole(value) and value >= 16 and value <= SIDE_MAX
    end,
    allowed = "pixels from 16 to 8192, the longer side of painted results",
  },
  {
    name = "models",
    default = "known",
    is_good = function(value)
      return value == "known" or value == "any"
    end,
    allowed = '"known", those of the catalogue, or "any"',
  },
  {
    name = "prices",
    is_good = is_prices,
    allowed = "credits from 0 to 1e9, or a table of them by model",
  },
  {
    name = "balance",
    is_good = function(value)
      return is_number(value, 0, CREDITS_MAX)
    end,
    allowed = "credits from 0 to 1e9",
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

local function find_row(name)
  for _, row in ipairs(ROWS) do
    if row.name == name then
      return row
    end
  end
  return nil
end

local function advice(name)
  local list, set = {}, {}
  for i, row in ipairs(ROWS) do
    list[i], set[row.name] = row.name, true
  end
  local near = spelling.near(name, set)
  return near and ("did you mean %q?"):format(near)
    or "there are " .. table.concat(list, ", ")
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
        ("liangxin.sandbox: unknown option %q; %s"):format(name, advice(name)),
        level + 1
      )
    end
  end
end

-- A number for each kind of model.
local function seconds_by_kind(given, defaults)
  if type(given) == "number" then
    return { image = given, video = given }
  end
  return {
    image = given.image or defaults.image,
    video = given.video or defaults.video,
  }
end

local function value_of(row, given, checked, level)
  local value = given[row.name]
  if value == nil then
    local default = row.default
    if type(default) == "function" then
      return default(checked)
    end
    return default
  elseif row.is_good(value) then
    return value
  end
  error(
    ("liangxin.sandbox: option %s is %s; it must be %s"):format(
      row.name,
      shown(value),
      row.allowed
    ),
    level + 1
  )
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
    checked[row.name] = value_of(row, given, checked, level + 1)
  end
  checked.seconds =
    seconds_by_kind(checked.seconds, find_row("seconds").default)
  return checked
end

-- The client's own cadence and retries (lua/liangxin/options.lua), which the
-- sandbox's speed divides.
local FIRST, FACTOR, LONGEST = 1, 1.5, 10
local RETRY_BASE, RETRY_MAX = 0.5, 30

---What to give to liangxin.new, so that the client waits as much less as the
---sandbox takes less. One connection of each kind: what is sent, and so what
---is answered, has one order.
function options.for_client(base_url, checked)
  local speed = checked.speed
  return {
    base_url = base_url,
    api_key = checked.api_key,
    max_connections = 1,
    max_downloads = 1,
    poll = {
      first = FIRST / speed,
      factor = FACTOR,
      max = LONGEST / speed,
      jitter = 0,
    },
    retry = { base = RETRY_BASE / speed, max = RETRY_MAX / speed },
  }
end

return options
