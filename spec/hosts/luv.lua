local uv = require "luv"
local trial = require "spec.hosts.trial"

trial.run { attach = require("liangxin.loop.luv").attach, start = trial.start }
uv.run()
trial.ended("luv " .. uv.version_string())
