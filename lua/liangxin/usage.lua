-- usage.lua: raising a programmer's mistake at the line that made it, and the
-- checks of arguments that all public functions share. Knows nothing of the
-- network: failures at run time belong to errors.lua.

local core = require "liangxin.core"
local sources = require "liangxin.sources"
local spelling = require "liangxin.spelling"
local next = require("liangxin.walk").next
local pairs = require("liangxin.walk").pairs

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

-- What is wrong with a value: the words behind its name, and what goes into them; nil:
-- nothing is.

local function number_problem(value, min, max, is_integer)
  if type(value) ~= "number" then
    return "must be a number, not %s", type(value)
  elseif not (value >= min and value <= max) then
    return "must be from %.14g to %.14g, not %.14g", min, max, value
  elseif is_integer and value % 1 ~= 0 then
    return "must be a whole number, not %.14g", value
  end
  return nil
end

local function text_problem(value, max)
  if type(value) ~= "string" then
    return "must be a string, not %s", type(value)
  elseif value == "" then
    return "must not be empty"
  elseif core.has_control(value) then
    return "must not hold control characters (a line break, perhaps)"
  elseif #value > max then
    return "must not be longer than %d bytes", max
  end
  return nil
end

local function callable_problem(value)
  local meta = type(value) ~= "function" and getmetatable(value)
  if type(value) ~= "function" and not (type(meta) == "table" and meta.__call) then
    return "must be a function, not %s", type(value)
  end
  return nil
end

local function choice_problem(value, row)
  for i = 2, #row do
    if value == row[i] then
      return nil
    end
  end
  return "must be '%s', not %s", table.concat(row, "', '", 2), tostring(value)
end

-- The same for an option and its row of a spec.
local function problem_of(value, row)
  local wanted = row[1]
  if wanted == "number" or wanted == "integer" then
    return number_problem(value, row[2], row[3], wanted == "integer")
  elseif wanted == "text" then
    return text_problem(value, row[2])
  elseif wanted == "choice" then
    return choice_problem(value, row)
  elseif wanted == "function" then
    return callable_problem(value)
  elseif wanted ~= "any" and type(value) ~= wanted and value ~= row.word then
    wanted = row.word and ('%s or "%s"'):format(wanted, row.word) or wanted
    return "must be a %s, not %s", wanted, type(value)
  end
  return nil
end

--- Raise unless `value` is a number in min..max. NaN and infinities are not.
function M.check_number(value, what, min, max, is_integer)
  local problem, a, b, c = number_problem(value, min, max, is_integer)
  if problem then
    M.raise("%s " .. problem, what, a, b, c)
  end
  return value
end

--- Raise unless `value` is a text of 1..max bytes without control characters.
function M.check_text(value, what, max)
  local problem, a = text_problem(value, max)
  if problem then
    M.raise("%s " .. problem, what, a)
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
function M.check_callable(value, what)
  local problem, a = callable_problem(value)
  if problem then
    M.raise("%s " .. problem, what, a)
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

-- Raise unless every key of `given` is a key of `known`.
local function check_names(given, known, what)
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
  local out, names = {}, given
  if getmetatable(given) ~= nil then -- some may come through it: a look at each name finds those
    check_names(given, spec, what)
    names = spec
  end
  for name, value in next, defaults_of(spec) do
    out[name] = value
  end
  for name in next, names do
    local row, value = spec[name], given[name]
    if row == nil then
      check_names(given, spec, what) -- raises
    elseif value ~= nil then
      local problem, a, b, c = problem_of(value, row)
      if problem then
        check_names(given, spec, what) -- a wrong name is told first
        M.raise("%s: option '%s' " .. problem, what, name, a, b, c)
      end
      out[name] = value
    end
  end
  return out
end

return M
