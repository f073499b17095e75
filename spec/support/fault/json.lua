-- JSON as the fault server and its helper exchange it. Whole numbers come back
-- as integers where Lua has them, and null comes back as nil, so that neither
-- side has to know which lua-cjson it runs on. Bytes that are not UTF-8 pass
-- through unchanged. Runs on Lua 5.1, 5.3, 5.4 and LuaJIT.

local cjson = require("cjson").new()
local to_integer = math.tointeger or function(number) return number end

local json = { null = cjson.null }

local function plain(value)
  if value == cjson.null then
    return nil
  elseif type(value) == "number" then
    return to_integer(value) or value
  elseif type(value) == "table" then
    for key, item in pairs(value) do
      value[key] = plain(item)
    end
  end
  return value
end

---@param value any
---@return string
function json.encode(value)
  return cjson.encode(value)
end

---@param text string
---@return any value, string? err nil and a reason when the text is not JSON
function json.decode(text)
  local ok, value = pcall(cjson.decode, text)
  if not ok then
    return nil, tostring(value)
  end
  return plain(value)
end

return json
