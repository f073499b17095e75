-- An rc.lua around examples/awesome: says which picture became the wallpaper.
local gears = require "gears"
local wallpaper = require "wallpaper"

local maximized = gears.wallpaper.maximized
function gears.wallpaper.maximized(path)
  maximized(path)
  io.stdout:write("saved ", path, "\n")
  io.stdout:flush()
  awesome.quit()
end
wallpaper.draw "a mountain village in the snow"
