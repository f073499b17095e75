-- The annotations of lua/liangxin/types, a file for each section of the reference,
-- in its order.

local FOLDER = "lua/liangxin/types/"
local NAMES = { "module", "models", "client", "journal", "loop", "webhook", "task", "errors" }

local types = {}

---@return string text of all files
function types.text()
  local texts = {}
  for i, name in ipairs(NAMES) do
    local file = assert(io.open(FOLDER .. name .. ".lua"))
    texts[i] = file:read("*a")
    file:close()
  end
  return table.concat(texts, "\n")
end

---@return string[] complaints about files that the reference leaves out
function types.check()
  local known, complaints = {}, {}
  for _, name in ipairs(NAMES) do
    known[name .. ".lua"] = true
  end
  local files = assert(io.popen("ls " .. FOLDER))
  for name in files:lines() do
    if not known[name] then
      complaints[#complaints + 1] = FOLDER .. name .. " is not in .ci/docs/types.lua"
    end
  end
  files:close()
  return complaints
end

return types
