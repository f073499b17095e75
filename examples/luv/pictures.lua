-- libuv: two pictures while a timer of the program's own ticks.
local liangxin = require "liangxin"
local uv = require "luv"

local client = liangxin.new()
require("liangxin.loop.luv").attach(client)

local ticks = 0
local timer = uv.new_timer()
timer:start(0, 10, function()
  ticks = ticks + 1
end)

local function draw(prompt)
  local result = liangxin.check(client:generate("z-image", { prompt = prompt, image_size = "square" }))
  print("saved " .. liangxin.check(result:save "pictures/")[1].path)
end

client:spawn(function()
  client:map({ "a kite over a beach", "a lighthouse at night" }, draw)
  print(("the timer went on: %s"):format(ticks > 1))
  timer:close()
  client:close() -- nothing is watched any more: uv.run returns
end)
uv.run()
