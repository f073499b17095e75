-- lines.lua: the lines of a batch file, one at a time, whatever its size: LF,
-- CRLF or CR ends them, a byte order mark is no part of the first. A line that is
-- no UTF-8 is a mistake of that line.

local text = require "liangxin.cli.text"

local M = {}

local BLOCK = 64 * 1024
M.LINE_MAX = 1024 * 1024

local MARKS = { "\239\187\191", "\255\254", "\254\255" }

-- What ends the lines of a file that begins with `block`.
local function line_end(block)
  return not block:find("\n", 1, true) and block:find("\r", 1, true) and "\r" or "\n"
end

local function why_bad(line)
  if #line > M.LINE_MAX then
    return "longer than 1 MiB: perhaps a quote that does not close"
  elseif line:find("%z") then
    return "holds a NUL byte: this is no text file"
  end
  local position = text.find_invalid(line)
  if position then
    return ("byte %d is no UTF-8: save the file as UTF-8"):format(position)
  end
  return nil
end

-- Of a file in UTF-16, as spreadsheets may write it.
local function refuse_utf16(block)
  if block:sub(1, 2) == MARKS[2] or block:sub(1, 2) == MARKS[3] then
    return "the file is UTF-16: save it as UTF-8"
  end
  return nil
end

--- An iterator over the lines of an open file: line, nil; or nil, why; or nothing
--- at the end. After a mistake the next lines follow.
function M.of(file)
  local buffer, position = file:read(BLOCK) or "", 1
  local at_end, fault = buffer == "", refuse_utf16(buffer)
  local newline = line_end(buffer)
  if buffer:sub(1, 3) == MARKS[1] then
    position = 4
  end
  return function()
    if fault then
      local why = fault
      fault, at_end, buffer, position = nil, true, "", 1
      return nil, why
    end
    local stop = buffer:find(newline, position, true)
    while not stop and not at_end do
      local block = file:read(BLOCK)
      at_end = block == nil
      local before = math.max(#buffer - position + 2, 1)
      buffer = buffer:sub(position) .. (block or "")
      position = 1
      stop = buffer:find(newline, before, true)
      if not stop and #buffer > M.LINE_MAX then
        at_end, stop = true, #buffer + 1
      end
    end
    if not stop and position > #buffer then
      return nil
    end
    local line = buffer:sub(position, (stop or #buffer + 1) - 1)
    position = (stop or #buffer) + 1
    if newline == "\n" then
      line = line:gsub("\r$", "")
    end
    local why = why_bad(line)
    if why then
      return nil, why
    end
    return line
  end
end

return M
