-- awesome: in rc.lua, `require "wallpaper"` makes Mod4+w draw a wallpaper.
local awful = require "awful"
local gears = require "gears"
local GLib = require("lgi").GLib
local liangxin = require "liangxin"
local naughty = require "naughty"

local function show(err)
  naughty.notify { title = "liangxin", text = tostring(err) }
end

local client = liangxin.new()
require("liangxin.loop.glib").attach(client, { loop = GLib, on_error = show })

local function draw(prompt)
  client:spawn(function()
    local result = liangxin.check(client:generate("z-image", { prompt = prompt, image_size = "landscape_16_9" }))
    local files = liangxin.check(result:save(gears.filesystem.get_cache_dir() .. "wallpapers/"))
    gears.wallpaper.maximized(files[1].path)
  end)
end

root.keys(gears.table.join(root.keys(), awful.key({ "Mod4" }, "w", function()
  draw "a mountain village in the snow, evening"
end)))
-- awesome keeps no state over a restart, and this closes its sockets before.
awesome.connect_signal("exit", function()
  client:close()
end)

return { draw = draw }
