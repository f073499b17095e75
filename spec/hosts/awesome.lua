local trial = require "spec.hosts.trial"

trial.run {
  attach = require("liangxin.loop.glib").attach,
  loop = require("lgi").GLib,
  start = trial.start,
  finish = function()
    trial.ended("awesome " .. awesome.version)
    awesome.quit()
  end,
}
