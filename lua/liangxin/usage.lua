-- usage.lua: raising a programmer's mistake at the line that made it, and the
-- checks of arguments that all public functions share. Knows nothing of the
-- network: failures at run time belong to errors.lua.

local core = require "liangxin.core"
local sources = require "liangxin.sources"
local spelling = require "liangxin.spelling"

local M = {}

--- "file:line: " of the nearest caller outside the library, "" when unknown.
function M.where()
  local level = 2
  sources.update()
  while true do
    local info = debug.getinfo(level, "Sl")
    if not info then
      return ""
    end
    if info.what ~= "C" and info.currentline > 0 and not sources.is_ours(info.source) then
      return ("%s:%d: "):format(info.short_src, info.currentline)
    end
    level = level + 1
  end
end

--- Raise `message` with the position of the caller of the library.
function M.raise(message, ...)
  if select("#", ...) > 0 then
    message = message:format(...)
  end
  error(M.where() .. message, 0)
end

--- Raise unless every key of `given` is a key of `known`.
function M.check_names(given, known, what)
  for name in pairs(given) do
    if type(name) ~= "string" then
      M.raise("%s: options are named, not numbered (found key %s)", what, tostring(name))
    elseif known[name] == nil then
      local near = spelling.near(name, known)
      local hint = near and ("; did you mean '%s'?"):format(near) or ""
      M.raise("%s: unknown option '%s'%s", what, name:sub(1, 60), hint)
    end
  end
end

--- How messages call a value; `option`: its name among the options of `what`, nil
--- where `what` says it all. Most values are fine: only a message makes this text.
function M.label(what, option)
  return option and ("%s: option '%s'"):format(what, option) or what
end

--- Raise unless `value` is a number in min..max. NaN and infinities are not.
function M.check_number(value, what, min, max, is_integer, option)
  if type(value) ~= "number" then
    M.raise("%s must be a number, not %s", M.label(what, option), type(value))
  end
  if not (value >= min and value <= max) then
    M.raise("%s must be from %.14g to %.14g, not %.14g", M.label(what, option), min, max, value)
  end
  if is_integer and value % 1 ~= 0 then
    M.raise("%s must be a whole number, not %.14g", M.label(what, option), value)
  end
  return value
end

--- Raise unless `value` is a text of 1..max bytes without control characters.
function M.check_text(value, what, max, option)
  if type(value) ~= "string" then
    M.raise("%s must be a string, not %s", M.label(what, option), type(value))
  end
  if value == "" then
    M.raise("%s must not be empty", M.label(what, option))
  end
  if core.has_control(value) then
    M.raise("%s must not hold control characters (a line break, perhaps)", M.label(what, option))
  end
  if #value > max then
    M.raise("%s must not be longer than %d bytes", M.label(what, option), max)
  end
  return value
end

--- Raise unless the method `what` was called with a colon.
function M.check_self(self, class, what)
  if getmetatable(self) ~= class then
    M.raise("call methods with a colon: %s(...)", what)
  end
end

--- Raise unless `value` can be called.
function M.check_callable(value, what, option)
  local meta = type(value) ~= "function" and getmetatable(value)
  if type(value) ~= "function" and not (type(meta) == "table" and meta.__call) then
    M.raise("%s must be a function, not %s", M.label(what, option), type(value))
  end
  return value
end

-- The longest path of a file, in bytes.
M.PATH_MAX = 4000

-- The longest wait that may be asked for: a month.
M.SECONDS_MAX = 2678400

--- A timeout of a wait: nil (none) or seconds from 0.
function M.check_timeout(value, what)
  if value ~= nil then
    M.check_number(value, what, 0, M.SECONDS_MAX)
  end
  return value
end

-- The defaults of a spec, for calls without options: made once, never changed.
local defaults = setmetatable({}, { __mode = "k" })

local function defaults_of(spec)
  local out = defaults[spec]
  if not out then
    out = {}
    for name, row in pairs(spec) do
      out[name] = row.default
    end
    defaults[spec] = out
  end
  return out
end

local function check_choice(value, row, what, option)
  for i = 2, #row do
    if value == row[i] then
      return value
    end
  end
  M.raise("%s must be '%s', not %s", M.label(what, option), table.concat(row, "', '", 2), tostring(value))
end

-- Raise unless `value` is what `row` of a spec allows.
local function check_option(value, row, what, option)
  local wanted = row[1]
  if wanted == "number" or wanted == "integer" then
    return M.check_number(value, what, row[2], row[3], wanted == "integer", option)
  elseif wanted == "text" then
    return M.check_text(value, what, row[2], option)
  elseif wanted == "choice" then
    return check_choice(value, row, what, option)
  elseif wanted == "function" then
    return M.check_callable(value, what, option)
  elseif wanted ~= "any" and type(value) ~= wanted and value ~= row.word then
    wanted = row.word and ('%s or "%s"'):format(wanted, row.word) or wanted
    M.raise("%s must be a %s, not %s", M.label(what, option), wanted, type(value))
  end
  return value
end

--- Check `given` (a table or nil) against `spec`, a set of rows
--- name = {type, ...}, and return a table with the defaults filled in, which
--- the caller must not change when nothing was given.
--- Rows: {"number", min, max, default=}, {"integer", ...}, {"text", max},
--- {"boolean", word = a string that is accepted, too}, {"function"}, {"table"},
--- {"choice", words...}, {"any"}.
function M.check_options(given, spec, what)
  if given == nil then
    return defaults_of(spec)
  elseif type(given) ~= "table" then
    M.raise("%s: options must be a table, not %s", what, type(given))
  end
  M.check_names(given, spec, what)
  local out = {}
  for name, value in next, defaults_of(spec) do
    out[name] = value
  end
  -- Some may come through a metatable: only a look at each name finds those.
  for name in next, getmetatable(given) == nil and given or spec do
    local value = given[name]
    if value ~= nil then
      out[name] = check_option(value, spec[name], what, name)
    end
  end
  return out
end

return M
