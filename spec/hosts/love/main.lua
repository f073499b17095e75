local trial = require "spec.hosts.trial"

local frames = 0
function love.update()
  frames = frames + 1
end

trial.run {
  attach = require("liangxin.loop.love").attach,
  start = trial.start,
  ticks = true,
  finish = function()
    assert(frames > 10, "the game's own love.update was not called")
    trial.ended(("LÖVE %d.%d"):format(love.getVersion()))
    love.event.quit()
  end,
}
