-- json.lua: JSON of the program's own: lines that it writes and reads. An instance
-- of lua-cjson that no other code configures.

local cjson = require("cjson").new()

cjson.encode_sparse_array(true)
cjson.decode_max_depth(100)
if cjson.decode_array_with_array_mt then
  cjson.decode_array_with_array_mt(true)
end

local M = { null = cjson.null }

-- lua-cjson writes "\/" for a slash.
function M.encode(value)
  return (cjson.encode(value):gsub("\\/", "/"))
end

--- An object with its members in this order: {name, value}, ...; a nil value is
--- left out.
function M.object(members)
  local parts = {}
  for _, member in ipairs(members) do
    if member[2] ~= nil then
      parts[#parts + 1] = M.encode(member[1]) .. ":" .. M.encode(member[2])
    end
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

--- The value of a text, or nil, why.
function M.decode(text)
  local ok, value = pcall(cjson.decode, text)
  if ok then
    return value
  end
  return nil, value
end

return M
