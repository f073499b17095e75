-- screen.lua: a terminal that a program runs in, by tmux, and what a person sees
-- on it.

local cli = require("spec.support.cli")
local socket = require("socket")

local M = {}

local PATIENCE = 60 -- s

local quote = cli.quote

local probe = io.popen("command -v tmux 2>&1")
M.has_tmux = cli.has_shell and probe:read("*l") ~= nil
probe:close()

local started = 0 -- a server needs a moment to be gone: each has a socket of its own

local Screen = {}
Screen.__index = Screen

function Screen:tmux(command)
  local pipe = io.popen(("tmux -u -S %s -f /dev/null %s 2>&1"):format(quote(self.socket), command))
  local text = pipe:read("*a")
  pipe:close()
  return text
end

--- Run a command line in a terminal of that size; behind its end stands "ended"
--- and its status.
function M.start(home, command, columns, rows)
  started = started + 1
  local screen = setmetatable({ socket = ("%s/tmux%d"):format(home.path, started) }, Screen)
  local script = home:write("screen.sh", "trap : INT\n(" .. command .. ")\necho \"ended $?\"\nexec cat\n")
  local said = screen:tmux(("new-session -d -x %d -y %d %s"):format(columns, rows, quote("sh " .. script)))
  assert(said == "", said)
  return screen
end

--- Its lines, those at the end without a character left out. `with_codes`: with
--- what gives them colours.
function Screen:lines(with_codes)
  local text = self:tmux("capture-pane -p" .. (with_codes and " -e" or "")):gsub("%s+$", "")
  local lines = {}
  for line in (text .. "\n"):gmatch("([^\n]*)\n") do
    lines[#lines + 1] = line
  end
  return lines
end

--- Wait until `is_there(text, lines)` for what is seen; returns lines. Fails with
--- the screen.
function Screen:wait(is_there)
  local limit = socket.gettime() + PATIENCE
  local lines
  repeat
    lines = self:lines()
    local text = table.concat(lines, "\n")
    if type(is_there) == "string" and text:find(is_there) or type(is_there) == "function" and is_there(text, lines) then
      return lines
    end
    socket.sleep(0.02)
  until socket.gettime() > limit
  error("not seen within " .. PATIENCE .. " s: " .. tostring(is_there) .. "\n" .. table.concat(lines, "\n"), 2)
end

function Screen:keys(names)
  self:tmux("send-keys " .. names)
end

function Screen:resize(columns, rows)
  self:tmux(("resize-window -x %d -y %d"):format(columns, rows))
end

--- The column and row of the cursor, from 0.
function Screen:cursor()
  return self:tmux("display-message -p '#{cursor_x} #{cursor_y}'"):match("(%d+) (%d+)")
end

function Screen:close()
  self:tmux("kill-server")
end

return M
