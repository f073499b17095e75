-- A thread of its own: files of pictures in, what a texture is made of out.
-- Decoding takes 20 to 100 ms, too much for a frame.
require "love.image"

local files, pictures = ...
while true do
  local bytes = files:demand()
  if bytes == "end" then
    return
  end
  pictures:push(love.image.newImageData(love.filesystem.newFileData(bytes, "picture")))
end
