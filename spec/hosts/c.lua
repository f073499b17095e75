-- For examples/c, whose loop calls frame() at 60 Hz.
local trial = require "spec.hosts.trial"

local is_over = false
local tick = trial.ticks(function()
  is_over = true
end)

function frame()
  tick()
  if is_over then
    trial.ended("C, " .. _VERSION)
  end
  return not is_over
end
