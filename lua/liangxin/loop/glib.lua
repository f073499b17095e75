-- glib: local loop = require("liangxin.loop.glib").attach(client); main_loop:run()
-- Watches the client's descriptor in GLib's default context, by lgi (GTK programs,
-- awesome). Opts: loop, lgi.GLib; on_error(err), default: prints to stderr.

local base = require "liangxin.loop"
local luv = require "liangxin.loop.luv"

local M = {}

--- Drive `client` from GLib's main loop until it is closed or loop:stop().
function M.attach(client, opts)
  local GLib = opts and opts.loop
  if not GLib then
    local lgi = package.loaded.lgi
    GLib = lgi and lgi.GLib
  end
  if not GLib then
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
