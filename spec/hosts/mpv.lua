local trial = require "spec.hosts.trial"

mp.add_periodic_timer(0.02, trial.ticks(function()
  trial.ended(mp.get_property "mpv-version")
  mp.command "quit"
end))
