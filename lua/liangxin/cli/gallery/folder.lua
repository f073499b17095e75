-- folder.lua: the pictures and clips in a folder, for galleries of what no
-- journal knows. Lua lists no folders: the system's own program does.

local M = {}

M.IS_WINDOWS = package.config:sub(1, 1) == "\\"

-- What a page can show.
local EXTENSIONS = {}
for extension in ("png jpg jpeg webp gif avif svg bmp mp4 webm mov mkv m4v"):gmatch "%a%w+" do
  EXTENSIONS[extension] = true
end

-- The newest first.
local function command(path)
  if M.IS_WINDOWS then
    return ('dir /b /a-d /o-d "%s" 2>nul'):format((path:gsub('["/]', { ['"'] = "", ["/"] = "\\" })))
  end
  return ("ls -1t -- '%s' 2>/dev/null"):format((path:gsub("'", "'\\''")))
end

--- The names of the pictures and clips in `path`, the newest first; none where
--- there is no such folder.
function M.names(path)
  local names = {}
  local pipe = io.popen(command(path == "" and "." or path))
  for line in pipe:lines() do
    local name = line:gsub("\r$", "")
    if EXTENSIONS[(name:match "%.(%w+)$" or ""):lower()] then
      names[#names + 1] = name
    end
  end
  pipe:close()
  return names
end

local function parts_of(path)
  local parts = {}
  for part in path:gmatch(M.IS_WINDOWS and "[^/\\]+" or "[^/]+") do
    parts[#parts + 1] = part
  end
  return parts
end

--- An absolute path without "." and "..".
function M.normal(path)
  local parts = {}
  for _, part in ipairs(parts_of(path)) do
    if part == ".." then
      table.remove(parts)
    elseif part ~= "." then
      parts[#parts + 1] = part
    end
  end
  return (path:match "^[/\\]+" or "") .. table.concat(parts, "/")
end

--- `path` as seen from `folder`; both are absolute. On another drive of Windows
--- the path stays as it is.
function M.relative(folder, path)
  local from, to = parts_of(folder), parts_of(path)
  local same = 0
  while same < #from and same < #to - 1 and from[same + 1] == to[same + 1] do
    same = same + 1
  end
  if same == 0 and M.IS_WINDOWS and (to[1] or ""):find(":", 1, true) then
    return path
  end
  return ("../"):rep(#from - same) .. table.concat(to, "/", same + 1)
end

return M
