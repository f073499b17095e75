-- Bytes that are made when they are asked for, so that a 300 MB file costs no
-- memory. A source has `size` and `read(offset, count)`; the same name, size
-- and magic always give the same bytes, so a spec can check a download piece
-- by piece. The server and specs share it: Lua 5.1, 5.3, 5.4 and LuaJIT.

---@class fault.Source
---@field size integer
---@field read fun(offset: integer, count: integer): string

local bytes = {}

-- A prime period: a piece that landed at the wrong offset differs, unless it
-- is off by a multiple of this very number.
local PERIOD_BYTES = 65521

local MAGIC = {
  png = "\137PNG\r\n\26\n",
  jpeg = "\255\216\255\224\0\16JFIF\0",
  gif = "GIF89a",
  webp = "RIFF\0\0\0\0WEBPVP8 ",
  mp4 = "\0\0\0\24ftypisom\0\0\2\0isomiso2",
  html = "<!doctype html><html><body>",
  none = "",
}

local MAGIC_OF_TYPE = {
  ["image/png"] = "png",
  ["image/jpeg"] = "jpeg",
  ["image/gif"] = "gif",
  ["image/webp"] = "webp",
  ["video/mp4"] = "mp4",
  ["text/html"] = "html",
}

---Names of the magic that `bytes.file` knows.
---@return table<string, string>
function bytes.magic_names()
  return MAGIC
end

---The magic that goes with a content type, "none" for unknown ones.
---@param content_type string?
---@return string
function bytes.magic_for(content_type)
  local bare = (content_type or ""):match("^[^;%s]*")
  return MAGIC_OF_TYPE[bare] or "none"
end

-- Made in some milliseconds each, asked for once a request.
local PATTERNS_KEPT_MAX = 64
local kept, kept_count = {}, 0

-- Products stay below 2^53, so doubles and integers agree.
local function make_pattern(name)
  local state = 1
  for i = 1, #name do
    state = (state * 31 + name:byte(i)) % 2147483646 + 1
  end
  local piece, out = {}, {}
  for i = 1, PERIOD_BYTES do
    state = state * 16807 % 2147483647
    piece[#piece + 1] = string.char(state % 256)
    if i % 4096 == 0 or i == PERIOD_BYTES then
      out[#out + 1] = table.concat(piece)
      piece = {}
    end
  end
  return table.concat(out)
end

local function pattern(name)
  if not kept[name] then
    if kept_count >= PATTERNS_KEPT_MAX then
      kept, kept_count = {}, 0
    end
    kept[name], kept_count = make_pattern(name), kept_count + 1
  end
  return kept[name]
end

local function repeated(unit, offset, count)
  local start = offset % #unit
  local times = math.ceil((start + count) / #unit)
  return unit:rep(times):sub(start + 1, start + count)
end

local function clamp(size, offset, count)
  return math.max(0, math.min(count, size - offset))
end

---A text as a source.
---@param text string
---@return fault.Source
function bytes.text(text)
  return {
    size = #text,
    read = function(offset, count)
      return text:sub(offset + 1, offset + count)
    end,
  }
end

---A unit repeated up to a size.
---@param unit string not empty
---@param size integer
---@return fault.Source
function bytes.filler(unit, size)
  return {
    size = size,
    read = function(offset, count)
      return repeated(unit, offset, clamp(size, offset, count))
    end,
  }
end

---A file: the magic, then bytes that only the name determines.
---@param name string
---@param size integer
---@param magic string? a name from `bytes.magic_names`, default "png"
---@return fault.Source
function bytes.file(name, size, magic)
  local head = MAGIC[magic or "png"]
  if not head then
    error("unknown magic " .. tostring(magic), 2)
  end
  local unit = pattern(name)
  return {
    size = size,
    read = function(offset, count)
      count = clamp(size, offset, count)
      local piece = repeated(unit, offset, count)
      if offset < #head then
        local first = head:sub(offset + 1, offset + count)
        piece = first .. piece:sub(#first + 1)
      end
      return piece
    end,
  }
end

---A part of a source.
---@param source fault.Source
---@param first integer offset of the first byte
---@param size integer
---@return fault.Source
function bytes.part(source, first, size)
  return {
    size = size,
    read = function(offset, count)
      return source.read(first + offset, clamp(size, offset, count))
    end,
  }
end

return bytes
