-- cli.lua: runs the program `liangxin` as a person does, in a home folder of its
-- own, and tells what it wrote where.

local child = require("spec.support.child")
local folder = require("spec.support.folder")

local M = { has_shell = child.can_start }

local function first_line(command)
  local pipe = io.popen(command)
  local line = pipe:read("*l")
  pipe:close()
  return line
end

local function quote(text)
  return "'" .. tostring(text):gsub("'", "'\\''") .. "'"
end
M.quote = quote

local here = first_line("pwd")

-- The entries of a search path, made absolute.
local function absolute(path)
  return (path:gsub("[^;]+", function(entry)
    return entry:find("^/") and entry or here .. "/" .. entry
  end))
end

function M.read(path)
  local file = io.open(path, "rb")
  local text = file and file:read("*a")
  if file then
    file:close()
  end
  return text
end

function M.write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  return path
end

local Home = {}
Home.__index = Home

--- A home folder; the program runs in it.
function M.home()
  local path = folder.new()
  local lfs = require("lfs")
  for _, name in ipairs({ "config", "config/liangxin", "data" }) do
    assert(lfs.mkdir(path .. "/" .. name))
  end
  return setmetatable({ path = path, env = {} }, Home)
end

--- Address and key of a service, as the user would export them.
function Home:use(service)
  self.env.LIANGXIN_BASE_URL = service.base_url
  self.env.LIANGXIN_API_KEY = service.api_key or "quick-test-key"
  return self
end

function Home:write(name, text)
  return M.write(self.path .. "/" .. name, text)
end

function Home:read(name)
  return M.read(self.path .. "/" .. name)
end

function Home:remove()
  folder.remove(self.path)
end

-- LUA_PATH_5_5 and its like would win over LUA_PATH.
local VERSION = _VERSION:gsub("^Lua (%d)%.(%d)$", "_%1_%2")

--- The command line that runs the program: a text for a shell.
function Home:command(arguments, env)
  local words = {
    "cd " .. quote(self.path) .. " && exec env -u LIANGXIN_BASE_URL -u LIANGXIN_API_KEY -u NO_COLOR",
    "-u LUA_PATH" .. VERSION .. " -u LUA_CPATH" .. VERSION,
    "HOME=" .. quote(self.path),
    "XDG_CONFIG_HOME=" .. quote(self.path .. "/config"),
    "XDG_DATA_HOME=" .. quote(self.path .. "/data"),
    "LUA_PATH=" .. quote(absolute(package.path)),
    "LUA_CPATH=" .. quote(absolute(package.cpath)),
  }
  for _, source in ipairs({ self.env, env or {} }) do
    for name, value in pairs(source) do
      words[#words + 1] = name .. "=" .. quote(value)
    end
  end
  words[#words + 1] = quote(child.interpreter())
  words[#words + 1] = quote(here .. "/lua/bin/liangxin")
  words[#words + 1] = arguments or ""
  return table.concat(words, " ")
end

--- Run it to its end: {out =, err =, status =}. `options`: stdin, a text; env.
function Home:run(arguments, options)
  options = options or {}
  local out, err, input = os.tmpname(), os.tmpname(), os.tmpname()
  M.write(input, options.stdin or "")
  local command = "(" .. self:command(arguments, options.env) .. ") <%s >%s 2>%s; echo $?"
  local pipe = io.popen(command:format(quote(options.stdin and input or "/dev/null"), quote(out), quote(err)))
  local status = tonumber(pipe:read("*a"))
  pipe:close()
  local said = { out = M.read(out), err = M.read(err), status = status }
  for _, path in ipairs({ out, err, input }) do
    os.remove(path)
  end
  return said
end

---Call it in a describe: a sandbox for its tests, reset before each, and for each a
---home of its own that uses it. They are given to `begin`.
---@param options table of sandbox.start
---@param begin fun(sandbox: table, home: table)
function M.serve(options, begin)
  local busted = require("busted") -- the pictures are drawn without it
  local sandbox_module = require("liangxin.sandbox")
  local sandbox, home

  busted.setup(function()
    sandbox = assert(sandbox_module.start(options))
  end)

  busted.teardown(function()
    sandbox.stop()
  end)

  busted.before_each(function()
    sandbox.reset()
    home = M.home():use(sandbox)
    begin(sandbox, home)
  end)

  busted.after_each(function()
    home:remove()
  end)
end

return M
