local GLib = require("lgi").GLib
local trial = require "spec.hosts.trial"

local main_loop = GLib.MainLoop()
trial.run {
  attach = require("liangxin.loop.glib").attach,
  start = trial.start,
  finish = function()
    main_loop:quit()
  end,
}
main_loop:run()
trial.ended(("GLib %d.%d.%d"):format(GLib.MAJOR_VERSION, GLib.MINOR_VERSION, GLib.MICRO_VERSION))
