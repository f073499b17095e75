-- A picture without a file: result:fetch returns the bytes, checked like any
-- download. Engines make textures of them, LÖVE for instance with
-- love.graphics.newImage(love.filesystem.newFileData(bytes, "x.png")).

package.path = arg[0]:match "^(.-)[^/\\]*$" .. "?.lua;" .. package.path
local liangxin = require "liangxin"
local service = require "support.service"

local client = service.open()

local result = liangxin.check(client:generate("z-image", {
  prompt = "a pocket watch, engraving",
  image_size = "portrait_3_4",
}))
local bytes, content_type = result:fetch(1, { max_bytes = 32 * 2 ^ 20 })
if not bytes then
  error(content_type) -- the second value is the error then
end

-- A PNG says how large it is in the bytes 17 to 24.
local function big_endian(text, at)
  local a, b, c, d = text:byte(at, at + 3)
  return ((a * 256 + b) * 256 + c) * 256 + d
end

print(("%d bytes of %s in memory"):format(#bytes, content_type))
if content_type == "image/png" then
  print(("%d x %d pixels"):format(big_endian(bytes, 17), big_endian(bytes, 21)))
end
client:close()
