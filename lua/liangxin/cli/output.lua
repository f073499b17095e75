-- output.lua: what the program writes. The result, and nothing else, goes to
-- stdout; everything for people goes to stderr.

local core = require "liangxin.core"

local M = {}

local Output = {}
Output.__index = Output

--- `level`: -1 the result and errors only (-q), 0, or 1 (-v).
function M.new(level)
  local no_color = os.getenv "NO_COLOR"
  local is_terminal = core.terminal.is_terminal(2)
  return setmetatable({
    level = level,
    is_terminal = is_terminal,
    has_color = is_terminal and (no_color == nil or no_color == "") and os.getenv "TERM" ~= "dumb",
    is_broken = false, -- stdout took no more
  }, Output)
end

-- What is drawn on the terminal steps aside for a line.
local function write_error(output, text)
  if output.before_line then
    output.before_line()
  end
  io.stderr:write(text)
end

--- A line of the result.
function Output:result(line)
  if self.is_broken then
    return
  elseif self.before_line then
    self.before_line()
  end
  self.is_broken = not (io.stdout:write(line, "\n") and io.stdout:flush())
end

--- A line about what goes on; not with -q.
function Output:say(format, ...)
  if self.level >= 0 then
    write_error(self, format:format(...) .. "\n")
  end
end

--- A line with -v.
function Output:detail(format, ...)
  if self.level >= 1 then
    write_error(self, format:format(...) .. "\n")
  end
end

--- What went wrong.
function Output:fail(format, ...)
  write_error(self, (self.has_color and "\27[31mliangxin:\27[m " or "liangxin: ") .. format:format(...) .. "\n")
end

return M
