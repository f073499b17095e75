local cqueues = require "cqueues"
local trial = require "spec.hosts.trial"

local controller = cqueues.new()
trial.run {
  attach = require("liangxin.loop.cqueues").attach,
  loop = controller,
  start = function(fn)
    controller:wrap(fn)
  end,
}
assert(controller:loop())
trial.ended("cqueues " .. cqueues.VERSION)
