-- child.lua: processes of the Lua that runs the specs: started, read, signalled
-- and seen to end. The command line goes through the shell, the environment
-- carries what no argv may show.

local child = {}

-- Under a preloaded ThreadSanitizer dash itself crashes (seen with gcc 12),
-- Windows has none, and there is no starting a process from Lua without it.
-- Under wine now and then not even the shell that says so is started.
local shell = io.popen("sh -c 'echo yes'")
child.can_start = shell ~= nil and shell:read("*l") == "yes"
if shell then
  shell:close()
end

local function quote(text)
  return "'" .. tostring(text):gsub("'", "'\\''") .. "'"
end

--- The Lua that runs this, as the command line names it; or LIANGXIN_CHILD_LUA.
function child.interpreter()
  local given = os.getenv("LIANGXIN_CHILD_LUA")
  if given then
    return given
  end
  local first = 0
  while arg[first - 1] do
    first = first - 1
  end
  return arg[first]
end

local Child = {}
Child.__index = Child

--- Start `script` with `arguments` (a list). `options`: env, a table; err_to, a
--- path for stderr, which joins stdout without it; before, shell commands without
--- single quotes that come before it in its process.
function child.start(script, arguments, options)
  options = options or {}
  local words = { "env", "LUA_PATH=" .. package.path, "LUA_CPATH=" .. package.cpath }
  for name, value in pairs(options.env or {}) do
    words[#words + 1] = name .. "=" .. value
  end
  words[#words + 1] = child.interpreter()
  words[#words + 1] = script
  for _, argument in ipairs(arguments or {}) do
    words[#words + 1] = argument
  end
  for i, word in ipairs(words) do
    words[i] = quote(word)
  end
  local err_to = options.err_to and quote(options.err_to) or "&1"
  local pipe = assert(io.popen(("sh -c 'echo $$; %s exec \"$@\"' child %s 2>%s; echo \"ended $?\"")
    :format(options.before or "", table.concat(words, " "), err_to), "r"))
  return setmetatable({ pipe = pipe, pid = pipe:read("*n", "*l") }, Child)
end

--- The next line that it wrote, nil after the last; as text, whatever ends its
--- lines there.
function Child:line()
  local line = self.pipe:read("*l")
  line = line and line:gsub("\r$", "")
  local status = line and line:match("^ended (%d+)$")
  if status then
    self.status = tonumber(status)
    return nil
  end
  return line
end

--- Send a signal by its name ("TERM").
function Child:kill(signal)
  os.execute(("kill -%s %d"):format(signal, self.pid))
end

--- Wait for its end: the exit status as the shell tells it (128 + the signal
--- that ended it), and all that it still wrote.
function Child:finish()
  local lines = {}
  for line in function() return self:line() end do
    lines[#lines + 1] = line
  end
  self.pipe:close()
  return self.status, table.concat(lines, "\n")
end

--- Start it and wait for its end.
function child.run(script, arguments, options)
  return child.start(script, arguments, options):finish()
end

return child
