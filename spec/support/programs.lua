-- Runs Lua programs as processes of their own, under the Lua that runs this, and
-- looks at the pictures that they leave.

local M = {}

-- Under a preloaded ThreadSanitizer dash itself crashes (seen with gcc 12), and
-- there is no running a program from Lua without the shell.
local shell = io.popen("echo yes")
M.has_shell = shell:read("*l") == "yes"
shell:close()

local function first_line(command)
  local pipe = io.popen(command)
  local line = pipe:read("*l")
  pipe:close()
  return line
end

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- package.path with its relative entries made absolute.
local function absolute(path, here)
  return (path:gsub("[^;]+", function(entry)
    return entry:find("^/") and entry or here .. "/" .. entry
  end))
end

local function this_lua()
  local first = 0
  while arg[first - 1] do
    first = first - 1
  end
  return arg[first]
end

function M.new_folder()
  return first_line("mktemp -d")
end

function M.remove_folder(folder)
  os.execute("rm -rf " .. quote(folder))
end

--- The names of the files in `folder`, sorted.
function M.list(folder)
  local names = {}
  local pipe = io.popen("ls " .. quote(folder))
  for name in pipe:lines() do
    names[#names + 1] = name
  end
  pipe:close()
  return names
end

--- Start `program` in `folder` with `environment` (name -> value or false);
--- a function that waits for its end and gives its output and exit status.
function M.start(program, folder, arguments, environment)
  local here = first_line("pwd")
  local words = {
    "cd " .. quote(folder) .. " && exec env",
    "-u LIANGXIN_BASE_URL -u LIANGXIN_API_KEY",
    "LUA_PATH=" .. quote(absolute(package.path, here)),
    "LUA_CPATH=" .. quote(absolute(package.cpath, here)),
  }
  for name, value in pairs(environment or {}) do
    words[#words + 1] = name .. "=" .. quote(value)
  end
  words[#words + 1] = this_lua()
  words[#words + 1] = quote(program:find("^/") and program or here .. "/" .. program)
  words[#words + 1] = arguments or ""
  local pipe = io.popen("(" .. table.concat(words, " ") .. ") </dev/null 2>&1; echo \"rc=$?\"")
  return function()
    local text = pipe:read("*a")
    pipe:close()
    local output, status = text:match("^(.*)rc=(%d+)\n$")
    return output or text, tonumber(status)
  end
end

function M.read(path)
  local file = assert(io.open(path, "rb"))
  local bytes = file:read("*a")
  file:close()
  return bytes
end

local function number(text, at, count, step)
  local value = 0
  for i = 0, count - 1 do
    value = value * 256 + text:byte(at + i * step)
  end
  return value
end

--- Format, width and height of the picture in `path`.
function M.picture(path)
  local bytes = M.read(path)
  if bytes:sub(1, 8) == "\137PNG\r\n\26\n" then
    return "png", number(bytes, 17, 4, 1), number(bytes, 21, 4, 1)
  elseif bytes:sub(1, 4) == "GIF8" then
    return "gif", number(bytes, 8, 2, -1), number(bytes, 10, 2, -1)
  end
  return nil
end

return M
