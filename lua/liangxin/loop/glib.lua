-- glib: local loop = require("liangxin.loop.glib").attach(client); main_loop:run()
-- Watches the client's descriptor in GLib's default context, by lgi (GTK programs,
-- awesome). Opts: loop, lgi.GLib; on_error(err), default: prints to stderr.

local base = require "liangxin.loop"
local luv = require "liangxin.loop.luv"

local M = {}

--- Drive `client` from GLib's main loop until it is closed or loop:stop().
function M.attach(client, opts)
  opts = base.check(client, opts)
  local lgi = package.loaded.lgi
  local GLib = opts.loop or lgi and lgi.GLib
  if not base.has(GLib, "unix_fd_add_full") then
    error("liangxin.loop.glib: lgi is not loaded: pass { loop = require('lgi').GLib }", 2)
  end
  local loop = base.new(client, opts, luv.print_error)
  local source
  loop.leave = function()
    if source then
      GLib.source_remove(source)
      source = nil
    end
  end
  loop.park = luv.park
  client.park = luv.park
  source = GLib.unix_fd_add_full(GLib.PRIORITY_DEFAULT, client:fd(), GLib.IOCondition.IN, function()
    loop:turn()
    return source ~= nil
  end)
  return loop
end

return M
