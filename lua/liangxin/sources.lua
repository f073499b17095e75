-- sources.lua: which chunks are this library's, whatever they are called: a
-- file's path, or any name where a program preloads them as strings. Found by
-- the functions of its loaded modules.

local next = require("liangxin.walk").next

local M = {}

local NESTED_MAX = 2 -- a module, its class

local seen = {} -- modules by name
local sources = {} -- chunks by debug.getinfo's `source`

local function collect(value, depth)
  if type(value) == "function" then
    local info = debug.getinfo(value, "S")
    if info.what ~= "C" then
      sources[info.source] = true
    end
  elseif type(value) == "table" and depth < NESTED_MAX then
    for _, item in next, value do
      collect(item, depth + 1)
    end
  end
end

--- Take note of a loaded module. What is added to it later, by a program or its
--- tests, does not count.
function M.add(name, module)
  seen[name] = true
  collect(module, 0)
end

--- Take note of all modules that were loaded since the last call.
function M.update()
  for name, module in next, package.loaded do
    if type(name) == "string" and type(module) == "table" and not seen[name]
      and name:find("^liangxin%.") then
      M.add(name, module)
    end
  end
end

--- Whether the chunk that debug.getinfo calls `source` is the library's.
function M.is_ours(source)
  return sources[source] == true
end

return M
