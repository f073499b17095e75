-- JSON for both sides of the sandbox: an own instance of cjson, so that no
-- host's settings reach it, and whole numbers as integers, which cjson 2.1.0
-- gives as floats where Lua has both.

local cjson = require("cjson").new()
local pairs = require("liangxin.walk").pairs

local json = { encode = cjson.encode, null = cjson.null }

-- math.tointeger is where integers are; elsewhere there is nothing to do.
local to_integer = math.tointeger

local function with_integers(value)
  if type(value) == "number" then
    return to_integer(value) or value
  elseif type(value) == "table" then
    for key, item in pairs(value) do
      local kind = type(item)
      if kind == "number" or kind == "table" then
        value[key] = with_integers(item)
      end
    end
  end
  return value
end

---Raises on what is no JSON, like cjson.
function json.decode(text)
  local value = cjson.decode(text)
  return to_integer and with_integers(value) or value
end

return json
