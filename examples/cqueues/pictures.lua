-- cqueues: two coroutines of the controller's, each waits for a picture.
local cqueues = require "cqueues"
local liangxin = require "liangxin"

local controller = cqueues.new()
local client = liangxin.new()
require("liangxin.loop.cqueues").attach(client, { loop = controller })

local open = 0
local function draw(prompt)
  open = open + 1
  controller:wrap(function()
    local result = liangxin.check(client:generate("z-image", { prompt = prompt, image_size = "square" }))
    print("saved " .. liangxin.check(result:save "pictures/")[1].path)
    open = open - 1
    if open == 0 then
      client:close() -- the controller has nothing left
    end
  end)
end

draw "a kite over a beach"
draw "a lighthouse at night"
assert(controller:loop())
