local socket = require "socket"
local trial = require "spec.hosts.trial"

local attach = require("liangxin.loop.socket").attach
local loops, is_over = {}, false
trial.run {
  attach = function(client, opts)
    opts.loop = socket
    local loop = attach(client, opts)
    table.insert(loops, loop)
    return loop
  end,
  start = trial.start,
  finish = function()
    is_over = true
  end,
}
while not is_over do
  loops[#loops]:select(nil, nil, 60)
end
trial.ended(socket._VERSION)
