-- text.lua: texts as they stand on a terminal. What comes from outside may hold
-- control codes, characters two columns wide, or bytes that are no UTF-8. Pure.

local M = {}

-- A code point and its bytes at position `i`; nil where there is none.
local function decode(text, i)
  local a, b, c, d = text:byte(i, i + 3)
  local function follows(byte)
    return byte and byte >= 0x80 and byte < 0xC0
  end
  if a < 0x80 then
    return a, 1
  elseif a >= 0xC2 and a < 0xE0 and follows(b) then
    return (a - 0xC0) * 0x40 + b - 0x80, 2
  elseif a >= 0xE0 and a < 0xF0 and follows(b) and follows(c) then
    local code = ((a - 0xE0) * 0x40 + b - 0x80) * 0x40 + c - 0x80
    local is_good = code >= 0x800 and not (code >= 0xD800 and code < 0xE000)
    return is_good and code or nil, 3
  elseif a >= 0xF0 and a < 0xF5 and follows(b) and follows(c) and follows(d) then
    local code = (((a - 0xF0) * 0x40 + b - 0x80) * 0x40 + c - 0x80) * 0x40 + d - 0x80
    return code >= 0x10000 and code < 0x110000 and code or nil, 4
  end
  return nil, 1
end

--- The position of the first byte that is no UTF-8, or nil.
function M.find_invalid(text)
  local i = text:find("[\128-\255]")
  while i do
    local code, length = decode(text, i)
    if not code then
      return i
    end
    i = text:find("[\128-\255]", i + length)
  end
  return nil
end

-- First and last of characters that take two columns, and of those that take
-- none.
local WIDE = {
  { 0x1100, 0x115F }, { 0x2E80, 0x303E }, { 0x3041, 0xA4CF }, { 0xA960, 0xA97F }, { 0xAC00, 0xD7A3 },
  { 0xF900, 0xFAFF }, { 0xFE30, 0xFE6F }, { 0xFF00, 0xFF60 }, { 0xFFE0, 0xFFE6 }, { 0x1F300, 0x1F64F },
  { 0x1F680, 0x1F6FF }, { 0x1F900, 0x1F9FF }, { 0x20000, 0x3FFFD },
}
local NARROW = {
  { 0x0300, 0x036F }, { 0x200B, 0x200F }, { 0x202A, 0x202E }, { 0x2060, 0x2064 }, { 0x20D0, 0x20FF },
  { 0xFE00, 0xFE0F }, { 0xFEFF, 0xFEFF },
}

local function is_in(code, ranges)
  for _, range in ipairs(ranges) do
    if code >= range[1] and code <= range[2] then
      return true
    end
  end
  return false
end

local function columns_of(code)
  if code < 0x300 then
    return 1
  end
  return is_in(code, NARROW) and 0 or is_in(code, WIDE) and 2 or 1
end

-- Calls `fn(bytes, columns)` for each character; ends when that returns true.
local function each(text, fn)
  local i = 1
  while i <= #text do
    local code, length = decode(text, i)
    local bytes = text:sub(i, i + length - 1)
    if not code then
      length, bytes = 1, "?"
    end
    if fn(bytes, code and columns_of(code) or 1) then
      return
    end
    i = i + length
  end
end

--- One line of it without control codes: what is none becomes a space, what is
--- no UTF-8 a question mark.
function M.clean(text)
  local parts = {}
  each(text:gsub("%c+", " "), function(bytes)
    -- C1 controls, and marks that turn the direction of a line
    local is_control = bytes:find("^\194[\128-\159]") or bytes:find("^\226\128[\170-\174]")
      or bytes:find("^\226\129[\166-\169]")
    parts[#parts + 1] = is_control and " " or bytes
  end)
  return table.concat(parts)
end

--- How many columns it takes.
function M.width(text)
  local width = 0
  each(text, function(_, columns)
    width = width + columns
  end)
  return width
end

--- It in at most `room` columns, with "..." where something was cut off.
function M.cut(text, room)
  if #text <= room or M.width(text) <= room then
    return text
  end
  local dots = room > 5 and "..." or ""
  local parts, width = {}, 0
  each(text, function(bytes, columns)
    if width + columns > room - #dots then
      return true
    end
    width = width + columns
    parts[#parts + 1] = bytes
  end)
  return table.concat(parts) .. dots
end

--- It with spaces behind it, `room` columns in all.
function M.pad(text, room)
  return text .. (" "):rep(room - M.width(text))
end

--- Seconds as people read them: "8 s", "2:05", "1:02:30".
function M.duration(seconds)
  seconds = math.floor(seconds + 0.5)
  local minutes = math.floor(seconds / 60)
  if seconds < 60 then
    return ("%d s"):format(seconds)
  elseif minutes < 60 then
    return ("%d:%02d"):format(minutes, seconds % 60)
  end
  return ("%d:%02d:%02d"):format(math.floor(minutes / 60), minutes % 60, seconds % 60)
end

--- A number without zeros behind its point.
function M.number(value)
  local text = ("%.3f"):format(value):gsub("0+$", ""):gsub("%.$", "")
  return text
end

--- "1 file", "3 files".
function M.count(number, noun)
  return ("%d %s%s"):format(number, noun, number == 1 and "" or "s")
end

return M
