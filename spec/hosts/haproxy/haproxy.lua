local trial = require "spec.hosts.trial"

core.register_task(function()
  local is_over = false
  local tick = trial.ticks(function()
    is_over = true
  end)
  while not is_over do
    tick()
    core.msleep(20)
  end
  trial.ended("HAProxy " .. core.get_info().Version)
  os.exit(0)
end)
