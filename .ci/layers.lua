-- What may include what in csrc/core, read from the tree alone; `make lint`. A folder
-- includes itself and the folders named before it; no two files include one
-- another, over however many steps (a file is a .c with the .h of the same
-- name, wherever a port has put the .c); only os/ includes the system's
-- headers, only http/ libcurl's; nothing includes Lua's. The modules beside the core
-- have no cycles either.

local FOLDERS = { "base", "os", "json", "api", "pace", "http", "download",
  "journal", "engine" }
local STANDARD = {}
for name in ("assert complex ctype errno fenv float inttypes iso646 limits " ..
  "locale math setjmp signal stdalign stdarg stdatomic stdbool stddef " ..
  "stdint stdio stdlib stdnoreturn string tgmath time uchar wchar wctype")
  :gmatch("%a%w*") do
  STANDARD[name .. ".h"] = true
end
local FOREIGN = {
  { "^curl/", "http", "libcurl" },
  { "^lua", nil, "Lua" },
  { "^lauxlib", nil, "Lua" },
  { "^microhttpd", nil, "libmicrohttpd" },
  { "^gd", nil, "libgd" },
  { "^sqlite3", nil, "SQLite" },
  { "^libpq", nil, "libpq" },
}

local root = (arg[1] or "csrc/core"):gsub("/$", "")
local ranks, faults = {}, {}
for rank, folder in ipairs(FOLDERS) do ranks[folder] = rank end

local function fault(...)
  faults[#faults + 1] = string.format(...)
end

-- A file's folder, and its name as a node: "os/posix/wake.c" is "os/wake".
local function place(path)
  local folder = path:match("^([^/]+)/")
  local stem = path:match("([^/]+)%.[ch]$")
  return folder, folder and stem and folder .. "/" .. stem
end

local function check_foreign(path, folder, header)
  for _, rule in ipairs(FOREIGN) do
    if header:find(rule[1]) then
      if folder ~= rule[2] then
        fault("%s: <%s>: %s belongs to %s", path, header, rule[3],
          rule[2] and rule[2] .. "/" or "no folder of the core")
      end
      return
    end
  end
  if not STANDARD[header] and folder ~= "os" then
    fault("%s: <%s>: only os/ includes the system's headers", path, header)
  end
end

local function check_own(path, folder, header, edges)
  local other, target = place(header)
  local _, node = place(path)
  if not ranks[other] then
    fault("%s: \"%s\" names no folder of the core", path, header)
    return
  end
  if ranks[other] > ranks[folder] then
    fault("%s: \"%s\": %s/ comes before %s/", path, header, folder, other)
  end
  if target ~= node then
    edges[node] = edges[node] or {}
    edges[node][target] = true
  end
end

local function sorted(set)
  local list = {}
  for key in pairs(set or {}) do list[#list + 1] = key end
  table.sort(list)
  return list
end

-- Depth first; a file met again on the way to itself closes a cycle.
local function find_cycles(edges)
  local DONE, ON_THE_WAY = 1, 2
  local state, way = {}, {}
  local function visit(node)
    state[node] = ON_THE_WAY
    way[#way + 1] = node
    for _, target in ipairs(sorted(edges[node])) do
      if state[target] == ON_THE_WAY then
        local first = #way
        while way[first] ~= target do first = first - 1 end
        fault("a cycle: %s -> %s", table.concat(way, " -> ", first), target)
      elseif state[target] ~= DONE then
        visit(target)
      end
    end
    way[#way] = nil
    state[node] = DONE
  end
  for _, node in ipairs(sorted(edges)) do
    if not state[node] then visit(node) end
  end
end

local edges, files = {}, 0
local list = assert(io.popen("find " .. root .. " -name '*.[ch]' | sort"))
for file in list:lines() do
  files = files + 1
  local path = file:sub(#root + 2)
  local folder = place(path)
  if not ranks[folder] then
    fault("%s: no folder of the core", path)
  else
    for line in io.lines(file) do
      local open, header = line:match('^%s*#%s*include%s*([<"])([^>"]+)[>"]')
      if open == "<" then
        check_foreign(path, folder, header)
      elseif open then
        check_own(path, folder, header, edges)
      end
    end
  end
end
list:close()
if files == 0 then fault("%s: no sources", root) end

-- The modules beside the core are flat folders: there only cycles count.
for _, folder in ipairs { "lua", "listener", "paint", "store/sqlite", "store/postgres", "store/sql" } do
  local path = root:gsub("core$", folder)
  for line in assert(io.popen("grep -H '#include \"' " .. path .. "/*.[ch]")):lines() do
    local file, header = line:match('([^/]+)%.[ch]:#include "([^/"]+)%.h"')
    if file and file ~= header then
      local node = folder .. "/" .. file
      edges[node] = edges[node] or {}
      edges[node][folder .. "/" .. header] = true
    end
  end
end
find_cycles(edges)
for _, text in ipairs(faults) do print(text) end
os.exit(#faults == 0)
