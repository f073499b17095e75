-- folder.lua: folders of a test's own. No shell is asked, so that this works
-- wherever the specs do.

local lfs = require("lfs")

local folder = {}

--- The path of a new empty folder, without a separator behind it.
function folder.new()
  local path = os.tmpname()
  os.remove(path)
  assert(lfs.mkdir(path))
  return path
end

--- The names in it, sorted.
function folder.list(path)
  local names = {}
  for name in lfs.dir(path) do
    if name ~= "." and name ~= ".." then
      names[#names + 1] = name
    end
  end
  table.sort(names)
  return names
end

--- A path with "/" alone, to be compared with another.
function folder.slashed(path)
  return (path:gsub(package.config:sub(1, 1), "/"))
end

--- Remove it with all that is in it.
function folder.remove(path)
  for _, name in ipairs(folder.list(path)) do
    local inner = path .. "/" .. name
    if lfs.symlinkattributes(inner, "mode") == "directory" then
      folder.remove(inner)
    else
      assert(os.remove(inner))
    end
  end
  assert(lfs.rmdir(path))
end

return folder
