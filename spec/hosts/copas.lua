local copas = require "copas"
local trial = require "spec.hosts.trial"

local is_over = false
trial.run {
  attach = require("liangxin.loop.copas").attach,
  start = copas.addthread,
  finish = function()
    is_over = true
  end,
}
if copas.finished then
  copas.loop()
else
  while not is_over do -- 1.2 has no end of its own
    copas.step(60)
  end
end
trial.ended(copas._VERSION)
