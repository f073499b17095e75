-- Tarantool: fibers wait for pictures, and a space keeps where they are.
local fiber = require "fiber"
local liangxin = require "liangxin"

box.cfg { log_level = 2, memtx_memory = 33554432 }
box.schema.space.create("pictures", { if_not_exists = true })
box.space.pictures:create_index("prompt", { parts = { 1, "string" }, if_not_exists = true })

local client = liangxin.new()
require("liangxin.loop.tarantool").attach(client)

local function draw(prompt)
  local result = liangxin.check(client:generate("z-image", { prompt = prompt, image_size = "square" }))
  local files = liangxin.check(result:save "pictures/")
  box.space.pictures:replace { prompt, files[1].path }
end

local fibers = {}
for i, prompt in ipairs { "a kite over a beach", "a lighthouse at night" } do
  fibers[i] = fiber.new(draw, prompt)
  fibers[i]:set_joinable(true)
end
for i = 1, #fibers do
  fibers[i]:join()
end
for _, row in box.space.pictures:pairs() do
  print(("saved %s: %s"):format(row[2], row[1]))
end
client:close()
os.exit(0)
