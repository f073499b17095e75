-- json.lua: decoding of the service's answers on the host's thread, with a
-- lua-cjson instance of our own, so that no setting of the host's changes what
-- we read. Loaded at its first use: what needs no decoding works without it.
-- Requests are not written here: the core does that.

local core = require "liangxin.core"
local usage = require "liangxin.usage"
local pairs = require("liangxin.walk").pairs

local M = { null = core.null }

-- lua-cjson looks at the locale's decimal point only when an instance is made,
-- and fails to read 4.5 once the host has switched to a comma: remember for
-- which locale ours was made.
local instance, made_for

-- nil and why without lua-cjson.
local function codec()
  local locale = os.setlocale(nil, "numeric") or ""
  if not instance or locale ~= made_for then
    local found, cjson = pcall(require, "cjson")
    if not found then
      return nil, cjson
    end
    instance = cjson.new()
    instance.decode_invalid_numbers(false)
    instance.decode_max_depth(100)
    made_for = locale
  end
  return instance
end

-- Some builds of lua-cjson read every number as a float: 1757584164490.0.
local to_integer = math.tointeger

local function restore_integers(value)
  for key, item in pairs(value) do
    if type(item) == "table" then
      restore_integers(item)
    elseif math.type(item) == "float" and item >= -2 ^ 53 and item <= 2 ^ 53 then
      value[key] = to_integer(item) or item
    end
  end
end

--- Whether lua-cjson can be loaded. Without it the functions below give nil.
function M.is_there()
  return codec() ~= nil
end

--- Raise unless lua-cjson can be loaded. `what` is what needs it.
function M.check_there(what)
  local found, why = codec()
  if not found then
    usage.raise("%s needs lua-cjson (Debian: apt-get install lua-cjson, elsewhere: luarocks install lua-cjson): %s",
      what, tostring(why):match("^[^\n]*"))
  end
end

--- The value of a strict JSON text; nil when it is none.
function M.decode(text)
  local decoder = codec()
  local ok, value = pcall(decoder and decoder.decode, text)
  if not decoder or not ok then
    return nil
  end
  if to_integer and type(value) == "table" then
    restore_integers(value)
  end
  return value
end

--- The same of a text that may be damaged: mended where it has to be.
function M.read(text)
  local value = M.decode(text)
  if value == nil then
    text = core.mend(text)
    value = text and M.decode(text)
  end
  return value
end

--- JSON text of a decoded value, for people to read; nil when it cannot be.
function M.encode(value)
  local encoder = codec()
  local ok, text = pcall(encoder and encoder.encode, value)
  return encoder and ok and text or nil
end

return M
