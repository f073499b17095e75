-- Runs Lua programs as processes of their own, under the Lua that runs this, and
-- looks at the pictures that they leave.

local child = require("spec.support.child")

local M = {}

M.has_shell = child.can_start

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
  words[#words + 1] = quote(child.interpreter())
  words[#words + 1] = quote(program:find("^/") and program or here .. "/" .. program)
  words[#words + 1] = arguments or ""
  local pipe = io.popen("(" .. table.concat(words, " ") .. ") </dev/null 2>&1; echo \"rc=$?\"")
  return function()
    local text = pipe:read("*a"):gsub("\r\n", "\n")
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
