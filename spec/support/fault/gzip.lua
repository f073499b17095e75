-- gzip members written by hand: stored blocks for ordinary bodies, and a bomb
-- that unpacks to many times its size. Runs in the server only (Lua 5.4).

local gzip = {}

local POLYNOMIAL = 0xedb88320
local HEADER = "\31\139\8\0\0\0\0\0\0\255"
local STORED_MAX_BYTES = 65535
local BOMB_BYTE = "A"

-- Deflate's fixed code, first bit first (RFC 1951, 3.2.6).
local FINAL_FIXED_BLOCK = "110"
local LITERAL_A = "01110001"
local COPY_258_FROM_1 = "11000101" .. "00000"
local END_OF_BLOCK = "0000000"

local CRC_TABLE = {}
for byte = 0, 255 do
  local crc = byte
  for _ = 1, 8 do
    crc = crc & 1 == 1 and (crc >> 1) ~ POLYNOMIAL or crc >> 1
  end
  CRC_TABLE[byte] = crc
end

---@param text string
---@return integer
function gzip.crc32(text)
  local crc = 0xffffffff
  for i = 1, #text do
    crc = CRC_TABLE[(crc ~ text:byte(i)) & 0xff] ~ (crc >> 8)
  end
  return crc ~ 0xffffffff
end

-- Product of two polynomials over GF(2), reflected, modulo the CRC's own.
local function multiply(a, b)
  local mask, product = 1 << 31, 0
  while mask > 0 do
    if a & mask ~= 0 then
      product = product ~ b
    end
    mask = mask >> 1
    b = b & 1 == 1 and (b >> 1) ~ POLYNOMIAL or b >> 1
  end
  return product
end

-- x^(8 * count): multiplying a CRC by it appends `count` zero bytes.
local function shift_by_bytes(count)
  local result, base = 1 << 31, 1 << 23
  while count > 0 do
    if count & 1 == 1 then
      result = multiply(result, base)
    end
    base = multiply(base, base)
    count = count >> 1
  end
  return result
end

-- By halves: going over 100 MB byte by byte would hold the server for seconds.
local function crc32_of_run(count)
  if count == 0 then
    return 0
  elseif count == 1 then
    return gzip.crc32(BOMB_BYTE)
  end
  local half = count >> 1
  local crc = crc32_of_run(half)
  crc = multiply(shift_by_bytes(half), crc) ~ crc
  if count & 1 == 1 then
    crc = multiply(shift_by_bytes(1), crc) ~ gzip.crc32(BOMB_BYTE)
  end
  return crc
end

-- Bits, first one first, to bytes; what does not fill a byte is padded.
local function pack(bits)
  local out = {}
  for i = 1, #bits, 8 do
    local byte = bits:sub(i, i + 7):reverse()
    out[#out + 1] = string.char(tonumber(byte, 2))
  end
  return table.concat(out)
end

local function trailer(crc, size)
  return string.pack("<I4I4", crc, size & 0xffffffff)
end

---@param text string
---@param break_crc boolean? give a checksum that does not fit
---@return string
function gzip.stored(text, break_crc)
  local out = { HEADER }
  local position = 1
  repeat
    local block = text:sub(position, position + STORED_MAX_BYTES - 1)
    position = position + #block
    local final = position > #text and "\1" or "\0"
    out[#out + 1] = final
      .. string.pack("<I2I2", #block, ~#block & 0xffff)
      .. block
  until position > #text
  local crc = gzip.crc32(text)
  out[#out + 1] = trailer(break_crc and crc ~ 1 or crc, #text)
  return table.concat(out)
end

---A member that unpacks to `size` times the letter A, about 1/159 as large.
---@param size integer at least 1
---@return string
function gzip.bomb(size)
  local copies, singles = (size - 1) // 258, (size - 1) % 258
  local lead = FINAL_FIXED_BLOCK .. LITERAL_A:rep(1 + singles)
  -- Eight copies are 13 whole bytes, and the lead ends 3 bits into a byte: from
  -- there on the same 13 bytes, begun 3 bits early, repeat.
  local group = COPY_258_FROM_1:rep(8)
  local groups, rest = copies // 8, copies % 8
  local last3, tail = lead:sub(-3), COPY_258_FROM_1:rep(rest) .. END_OF_BLOCK
  local out = { HEADER, pack(lead:sub(1, -4)) }
  if groups > 0 then
    out[#out + 1] = pack(last3 .. group:sub(1, -4))
    last3 = group:sub(-3)
    out[#out + 1] = pack(last3 .. group:sub(1, -4)):rep(groups - 1)
  end
  out[#out + 1] = pack(last3 .. tail)
  out[#out + 1] = trailer(crc32_of_run(size), size)
  return table.concat(out)
end

return gzip
