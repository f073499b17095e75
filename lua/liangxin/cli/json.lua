-- json.lua: JSON of the program's own: lines that it writes and reads. An instance
-- of lua-cjson that no other code configures.

local cjson = require("cjson").new()

cjson.encode_sparse_array(true)
cjson.decode_max_depth(100)
if cjson.decode_array_with_array_mt then
  cjson.decode_array_with_array_mt(true)
end

local M = { null = cjson.null }

M.encode = cjson.encode

--- The value of a text, or nil, why.
function M.decode(text)
  local ok, value = pcall(cjson.decode, text)
  if ok then
    return value
  end
  return nil, value
end

return M
