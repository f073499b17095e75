-- folders.lua: whether results can be saved in a folder, before they are paid for.

local core = require "liangxin.core"

local M = {}

--- The folder around, or nil.
function M.parent(path)
  return path:match "^(.+)[/\\][^/\\]+$" or path:match "^([/\\])"
end

--- The folder, or the nearest one around it that is there: it, and why nothing can
--- be written there, or nil. `path` is absolute.
function M.try_to_write(path)
  path = path:gsub("(.)[/\\]%.?$", "%1")
  local name = path .. "/.liangxin-try-" .. core.token():sub(1, 12)
  local file, why = io.open(name, "wb")
  if file then
    local ok
    ok, why = file:write "x"
    file:close()
    os.remove(name)
    return path, not ok and why:gsub("^.*: ", "") or nil
  end
  local around = not core.kind_of_file(path) and M.parent(path)
  if around and around ~= path then
    return M.try_to_write(around)
  end
  return path, (why:gsub("^.*: ", ""))
end

return M
