-- The programs `liangxin-sandbox` and `liangxin sandbox`: the sandbox in the
-- foreground.

local faults = require("liangxin.sandbox.faults")

local ROWS = {
  { "--port", "N", "port on 127.0.0.1; 0, the default, takes a free one" },
  { "--speed", "N", "10 makes every task ten times as fast" },
  { "--seconds", "N", "how long a task takes; default 2, video 5" },
  { "--models", "any", "accept models that the catalogue does not know" },
  { "--balance", "N", "credits; creates beyond them are refused" },
  { "--fault", "WORD", "a fault for every task, see below" },
  { "--key", "KEY", "the API key that is accepted; default sk-sandbox" },
  { "--seed", "N", "where seeds that a request leaves out come from" },
  { "--help", "", "this text" },
}

local NUMBERS = {
  port = true,
  speed = true,
  seconds = true,
  seed = true,
  balance = true,
}
local NAMES = { key = "api_key" }

local function help(name)
  local lines = {
    ("Usage: %s [options]"):format(name),
    "The LiangXin Market service on this machine, for trying things out:",
    "no account, no cost, painted pictures.",
    "",
    "Options:",
  }
  for _, row in ipairs(ROWS) do
    lines[#lines + 1] = ("  %-16s %s"):format(row[1] .. " " .. row[2], row[3])
  end
  lines[#lines + 1] = ""
  lines[#lines + 1] = "Faults, for --fault WORD or as [WORD] in a prompt:"
  for _, fault in ipairs(faults) do
    lines[#lines + 1] = ("  %-16s %s"):format(fault.word, fault.help)
  end
  return table.concat(lines, "\n") .. "\n"
end

local function fail(name, message)
  io.stderr:write(("%s: %s\nTry: %s --help\n"):format(name:match("^%S+"), message, name))
  return 2
end

-- The options; or nil, and what is wrong with them or nothing where help is
-- wanted.
local function parse(arguments)
  local options = {}
  local i = 1
  while i <= #arguments do
    local name, value = arguments[i]:match("^(%-%-[%w-]+)=?(.*)$")
    local is_known = false
    for _, row in ipairs(ROWS) do
      is_known = is_known or row[1] == name
    end
    if not is_known then
      return nil, "unknown option " .. arguments[i]
    elseif name == "--help" then
      return nil
    end
    if not arguments[i]:find("=", 1, true) then
      i = i + 1
      value = arguments[i]
    end
    local key = name:sub(3)
    if not value or value == "" then
      return nil, name .. " wants a value"
    elseif NUMBERS[key] then
      value = tonumber(value)
      if not value then
        return nil, name .. " wants a number"
      end
    end
    options[NAMES[key] or key] = value
    i = i + 1
  end
  return options
end

local function shell_quote(text)
  if text:find("^[%w_.:/-]+$") then
    return text
  end
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local program = {}

---Runs until Ctrl-C or SIGTERM: the exit status.
---@param name string how the user has called it
---@param arguments string[]
---@return integer
function program.main(name, arguments)
  local options, why = parse(arguments)
  if not options and why then
    return fail(name, why)
  elseif not options then
    io.stdout:write(help(name))
    return 0
  end
  local listener = require("liangxin.native").load("liangxin.listener")
  listener.hold()
  local start = require("liangxin.sandbox").start
  local ok, sandbox, err = pcall(start, options)
  if not ok or not sandbox then
    local message = tostring(err or sandbox)
    return fail(name, (message:gsub("^.-liangxin%.sandbox: ", "")))
  end
  io.stdout:write(
    ("export LIANGXIN_BASE_URL=%s\n"):format(shell_quote(sandbox.base_url)),
    ("export LIANGXIN_API_KEY=%s\n"):format(shell_quote(sandbox.api_key))
  )
  io.stdout:flush()
  listener.wait()
  sandbox.stop()
  return 0
end

return program
