local fiber = require "fiber"
local trial = require "spec.hosts.trial"

local is_over = fiber.cond()
trial.run {
  attach = require("liangxin.loop.tarantool").attach,
  start = fiber.create,
  finish = function()
    is_over:signal()
  end,
}
is_over:wait()
trial.ended("Tarantool " .. _TARANTOOL)
os.exit(0)
