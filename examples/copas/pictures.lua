-- Copas: two threads of Copas's, each waits for a picture.
local copas = require "copas"
local liangxin = require "liangxin"

local client = liangxin.new()
require("liangxin.loop.copas").attach(client)

local open = 2
for _, prompt in ipairs { "a kite over a beach", "a lighthouse at night" } do
  copas.addthread(function()
    local result = liangxin.check(client:generate("z-image", { prompt = prompt, image_size = "square" }))
    print("saved " .. liangxin.check(result:save "pictures/")[1].path)
    open = open - 1
    if open == 0 then
      client:close()
    end
  end)
end
while open > 0 do -- Copas 4 has copas.loop(), which ends by itself
  copas.step()
end
