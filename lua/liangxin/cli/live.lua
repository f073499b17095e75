-- live.lua: lines at the bottom of a terminal that are drawn anew. The cursor
-- stays below them at the start of its line, and nothing about the terminal is
-- changed: however the program ends, the shell goes on where it should.

local core = require "liangxin.core"
local text = require "liangxin.cli.text"

local M = {}

local CLEAR_BELOW, CLEAR_RIGHT, UP = "\27[J", "\27[K", "\27[%dA"

local Live = {}
Live.__index = Live

--- Lines on the terminal of a descriptor; nil when that is none, or takes no
--- control codes.
function M.new(descriptor)
  local output, encoding = core.terminal.begin(descriptor)
  if not output or os.getenv "TERM" == "dumb" then
    return nil
  end
  return setmetatable({
    descriptor = descriptor,
    mode = { output, encoding },
    widths = {}, -- of the lines that stand there
  }, Live)
end

--- Its columns and rows.
function Live:size()
  local columns, rows = core.terminal.size(self.descriptor)
  return columns or 80, rows or 24
end

-- What takes the lines away: a terminal that became narrower has broken them. The
-- first row is cleared for itself: where that is the screen's, tmux and others
-- keep what the clearing of a whole screen takes away, as if it had scrolled out.
local function erase(live, columns)
  local rows = 0
  for _, width in ipairs(live.widths) do
    rows = rows + math.max(1, math.ceil(width / columns))
  end
  live.widths = {}
  if rows == 0 then
    return "\r" .. CLEAR_BELOW
  end
  return "\r" .. UP:format(rows) .. CLEAR_RIGHT .. "\n" .. CLEAR_BELOW .. UP:format(1)
end

--- Draw lines in place of those before. They are cut to the terminal's width; of
--- more than it has rows, the first and the last are shown.
function Live:draw(lines)
  local columns, rows = self:size()
  local parts = { erase(self, columns) }
  local left_out = math.max(0, #lines - math.max(1, rows - 1))
  for i, line in ipairs(lines) do
    if i == #lines or i < #lines - left_out then
      local shown = text.cut(line, columns - 1)
      self.widths[#self.widths + 1] = text.width(shown)
      parts[#parts + 1] = shown .. "\n"
    end
  end
  io.stderr:write(table.concat(parts))
end

--- Take the lines away: others may write then.
function Live:clear()
  if #self.widths > 0 then
    io.stderr:write(erase(self, (self:size())))
  end
end

--- The terminal as it was.
function Live:close()
  self:clear()
  core.terminal.finish(self.descriptor, self.mode[1], self.mode[2])
end

return M
