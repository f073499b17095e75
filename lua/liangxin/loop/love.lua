-- love: local loop = require("liangxin.loop.love").attach(client)
-- Steps the client once in each love.update, with a budget of 2 ms (opts.budget,
-- in seconds). Opts: on_error(err), default: prints to stderr.

local base = require "liangxin.loop"
local luv = require "liangxin.loop.luv"

local M = {}

local OPTIONS = { budget = { "number", 0, 1, default = 0.002 } }

--- Drive `client` from LÖVE's main loop until it is closed or loop:stop().
function M.attach(client, opts)
  opts = base.check(client, opts, OPTIONS)
  local love = opts.loop or rawget(_G, "love")
  if not base.has(love, "event") then
    error("liangxin.loop.love: this is not LÖVE: there is no love.update", 2)
  end
  local loop = base.new(client, opts, luv.print_error)
  local budget = opts.budget
  local update = love.update
  -- Stays in the chain for good, as other code may have wrapped it since.
  love.update = function(dt)
    if loop.client then
      loop:turn(budget)
    end
    if update then
      return update(dt)
    end
  end
  loop.park = luv.park
  client.park = luv.park
  return loop
end

return M
