-- ratio.lua: width to height of a saved picture, from the first bytes of its
-- file. A page that knows it leaves the right room before the picture is there.

local M = {}

local HEAD_BYTES = 4096
-- Where a JPEG with a large preview in its header has its size.
local LONG_HEAD_BYTES = 256 * 1024

-- The number of `count` bytes at `at`; `step` -1: the last byte is the highest.
local function number(text, at, count, step)
  local value = 0
  for i = 0, count - 1 do
    value = value * 256 + (text:byte(at + i * step) or 0)
  end
  return value
end

local function size_of_png(head)
  return number(head, 17, 4, 1), number(head, 21, 4, 1)
end

local function size_of_gif(head)
  return number(head, 8, 2, -1), number(head, 10, 2, -1)
end

-- Frame headers are SOF0 to SOF15, but for three that are other things.
local function is_frame(marker)
  return marker >= 0xC0 and marker <= 0xCF and marker ~= 0xC4 and marker ~= 0xC8 and marker ~= 0xCC
end

local function size_of_jpeg(head)
  local at = 3
  while head:byte(at) == 0xFF and at + 8 <= #head do
    local marker = head:byte(at + 1)
    if marker == 0xFF then -- a byte that fills up
      at = at + 1
    elseif is_frame(marker) then
      return number(head, at + 7, 2, 1), number(head, at + 5, 2, 1)
    else
      at = at + 2 + math.max(2, number(head, at + 2, 2, 1))
    end
  end
end

local function size_of_webp(head)
  local form = head:sub(13, 16)
  if form == "VP8X" then
    return number(head, 27, 3, -1) + 1, number(head, 30, 3, -1) + 1
  elseif form == "VP8 " then
    return number(head, 28, 2, -1) % 16384, number(head, 30, 2, -1) % 16384
  elseif form == "VP8L" then
    local bits = number(head, 25, 4, -1)
    return bits % 16384 + 1, math.floor(bits / 16384) % 16384 + 1
  end
end

local function size_of(head)
  if head:sub(1, 8) == "\137PNG\r\n\26\n" then
    return size_of_png(head)
  elseif head:sub(1, 4) == "GIF8" then
    return size_of_gif(head)
  elseif head:sub(1, 2) == "\255\216" then
    return size_of_jpeg(head)
  elseif head:sub(1, 4) == "RIFF" and head:sub(9, 12) == "WEBP" then
    return size_of_webp(head)
  end
end

--- Of a file; nil where it is no PNG, GIF, JPEG or WebP, or cannot be read.
function M.of(path)
  local file = io.open(path, "rb")
  if not file then
    return nil
  end
  local head = file:read(HEAD_BYTES) or ""
  local width, height = size_of(head)
  if not width and #head == HEAD_BYTES then
    width, height = size_of(head .. (file:read(LONG_HEAD_BYTES) or ""))
  end
  file:close()
  if width and width > 0 and height > 0 then
    return width / height
  end
  return nil
end

return M
