-- Questions about one value: is it there, has it the type, which fact of its
-- spec does it break, what is its canonical form. Pure and without messages;
-- shared by the checker, the combination rules and the output's size. Reads
-- tables with next and rawget only, so that no metamethod of a host can run.

local show = require("liangxin.models.show")
local next = require("liangxin.walk").next
local pairs = require("liangxin.walk").pairs

local values = {}

---nil and JSON null. cjson.null and its kin are light userdata, which have no
---metatable; a full userdata is a value, and a wrong one.
function values.is_absent(value)
  return value == nil
    or (type(value) == "userdata" and getmetatable(value) == nil)
end

local function is_named(value, name)
  local meta = type(value) == "table" and getmetatable(value)
  return type(meta) == "table" and rawget(meta, "__name") == name
end

---A picture of this machine, which is sent as a data URI.
function values.is_picture(value)
  return is_named(value, "liangxin.image")
end

---What is sent for a value: for a result its first URL.
function values.sent(value)
  if not is_named(value, "liangxin.result") then
    return value
  end
  local urls = rawget(value, "urls")
  return type(urls) == "table" and rawget(urls, 1) or value
end

---Whether the documents say that data URIs are accepted.
function values.takes_data_uris(spec)
  return spec.data_types ~= nil or spec.data_uri == "documented"
end

---How many items the list has; nil when `value` is not a list, that is a
---table whose keys are exactly 1..n. The empty table is a list.
---@return integer? count
function values.list_length(value)
  if type(value) ~= "table" then
    return nil
  end
  local count, highest = 0, 0
  for key in next, value do
    if type(key) ~= "number" or key < 1 or key % 1 ~= 0 then
      return nil
    end
    count = count + 1
    highest = math.max(highest, key)
  end
  return count == highest and count or nil
end

---NaN, infinity, minus infinity: numbers that JSON has no word for.
function values.is_not_finite(value)
  return type(value) == "number"
    and (value ~= value or value == math.huge or value == -math.huge)
end

local function is_finite(value)
  return type(value) == "number" and not values.is_not_finite(value)
end

local TYPES = {
  string = function(value)
    return type(value) == "string"
  end,
  boolean = function(value)
    return type(value) == "boolean"
  end,
  number = is_finite,
  integer = function(value)
    return is_finite(value) and value % 1 == 0
  end,
  seconds = function(value)
    return values.seconds(value) ~= nil
  end,
  array = function(value)
    return values.list_length(value) ~= nil
  end,
  -- An empty table is an empty object here, and a list with items is none.
  object = function(value)
    if type(value) ~= "table" then
      return false
    end
    return next(value) == nil or values.list_length(value) == nil
  end,
}

function values.has_type(name, value)
  return TYPES[name](value)
end

---A duration that may be written as a number or as a string of digits.
---@return number? seconds
function values.seconds(value)
  if type(value) == "string" then
    value = value:find("^%d+%.?%d*$") and tonumber(value) or nil
  end
  return is_finite(value) and value >= 0 and value or nil
end

---The canonical form of a choice, or nil when the spec does not know it. A
---spec without choices leaves the value as it is.
function values.canonical(spec, value)
  if not spec.enum then
    return value
  end
  for _, choice in ipairs(spec.enum) do
    if choice == value then
      return choice
    end
  end
  return spec.aliases and spec.aliases[value]
end

---Every accepted spelling: the choices in order, then their aliases sorted.
function values.accepted(spec)
  local accepted = {}
  for alias in pairs(spec.aliases or {}) do
    accepted[#accepted + 1] = alias
  end
  table.sort(accepted)
  for i, choice in ipairs(spec.enum) do
    table.insert(accepted, i, choice)
  end
  return accepted
end

local function has_suffix(text, suffixes)
  local lower = text:sub(-16):lower()
  for _, suffix in ipairs(suffixes) do
    if lower:sub(-#suffix) == suffix then
      return true
    end
  end
  return false
end

-- Base64 without a "data:" before it, which the upstream takes in places. That
-- of a JPEG begins with a slash, like a path.
local function is_bare_base64(text)
  return #text >= 64 and text:find("^[%w+/=\r\n]+$") ~= nil
end

-- A drive letter is no scheme, and a file: URL is a path on this machine.
local function is_local_path(text)
  local scheme = text:match("^(%a[%w+.-]+):")
  if scheme then
    return scheme:lower() == "file"
  end
  return text ~= "" and not is_bare_base64(text)
end

local function broken_data_uri_fact(spec, text)
  if not spec.data_types then
    return not values.takes_data_uris(spec) and "data_uri" or nil
  end
  local media = text:sub(6, 70):lower():match("^[%w.+/-]*")
  for _, accepted in ipairs(spec.data_types) do
    if media == accepted then
      return nil
    end
  end
  return "suffixes"
end

-- The fact about pictures that `text` breaks, or nil. A URL ends where its
-- query begins: the service's own results are signed behind that.
local function broken_picture_fact(spec, text)
  if text:sub(1, 5):lower() == "data:" then
    return broken_data_uri_fact(spec, text)
  elseif is_local_path(text) then
    return "local_path"
  elseif not spec.suffixes then
    return nil
  end
  local is_url = text:find("^[hH][tT][tT][pP][sS]?://")
  local path = text:match("^[^?#]*")
  return not (is_url and has_suffix(path, spec.suffixes)) and "suffixes" or nil
end

---The name of the first fact of the spec that the string breaks, or nil.
---@return string? fact
function values.broken_string_fact(spec, text)
  if spec.enum and values.canonical(spec, text) == nil then
    return "enum"
  end
  -- A character has 1 to 4 bytes, so few texts need counting.
  if
    spec.min_length
    and #text < 4 * spec.min_length
    and show.length(text) < spec.min_length
  then
    return "min_length"
  elseif
    spec.max_length
    and #text > spec.max_length
    and show.length(text) > spec.max_length
  then
    return "max_length"
  elseif spec.role == "image" then
    return broken_picture_fact(spec, text)
  end
  return nil
end

return values
