-- mpv: shows a generated still. Give the prompt with
-- --script-opts=still-prompt="a lighthouse at night"; Ctrl+g draws another one.
local liangxin = require "liangxin"

local options = { prompt = "a lighthouse at night", folder = "pictures/" }
require("mp.options").read_options(options, "still")

local client = liangxin.new {
  on_error = function(err)
    mp.msg.error(tostring(err))
    mp.osd_message(tostring(err), 5)
  end,
}
-- mpv watches no descriptors for scripts; a timer costs a microsecond a tick.
local timer = mp.add_periodic_timer(0.02, function()
  client:step()
end)

local function draw()
  mp.osd_message("drawing: " .. options.prompt, 60)
  client:spawn(function()
    local input = { prompt = options.prompt, image_size = "landscape_16_9" }
    local result = liangxin.check(client:generate("z-image", input))
    mp.commandv("loadfile", liangxin.check(result:save(options.folder))[1].path)
    mp.osd_message("", 0)
  end)
end

mp.add_key_binding("ctrl+g", "draw", draw)
mp.register_event("shutdown", function()
  timer:kill()
  client:close()
end)
draw()
