-- GLib by lgi: a picture while the main loop of a GTK program runs.
local GLib = require("lgi").GLib
local liangxin = require "liangxin"

local main_loop = GLib.MainLoop()
local client = liangxin.new()
require("liangxin.loop.glib").attach(client)

client:spawn(function()
  local result = liangxin.check(client:generate("z-image", { prompt = "a kite over a beach" }))
  print("saved " .. liangxin.check(result:save "pictures/")[1].path)
  client:close()
  main_loop:quit()
end)
main_loop:run()
