-- One picture, the shortest way: ask, wait, save. In the main chunk of a script
-- a wait simply blocks.

package.path = arg[0]:match "^(.-)[^/\\]*$" .. "?.lua;" .. package.path
local liangxin = require "liangxin"
local service = require "support.service"

local folder = arg[1] or "demo"
local client = service.open()

local result, err = client:generate("z-image", {
  prompt = "a paper boat on a rainy street, watercolour",
  image_size = "landscape_4_3",
  seed = 7,
})
if not result then
  -- One line for people. Example 07 shows what programs can read from it.
  print("no picture: " .. tostring(err))
  os.exit(1)
end

-- Result URLs expire, so save at once. A folder is made when it is missing.
for _, file in ipairs(liangxin.check(result:save(folder .. "/"))) do
  print(("%s: %d bytes, %s"):format(file.path, file.bytes, file.content_type))
end
client:close()
