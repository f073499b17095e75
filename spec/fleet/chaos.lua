-- What happens to the fleet, and when: by how much is done, not by the clock, so
-- that it is the same on any machine.

local loop = require("spec.fleet.loop")
local socket = require("socket")

local SHARE = 0.85 -- of the work, over which it is spread
local IDLE_SECONDS = 10 -- then the next comes anyway

local M = {}

-- Names of what is to happen, in its order. The server dies in the first half: each
-- restart gives new life to all leases, which are to run out in the second one.
local function plan(options)
  local steps = {}
  local every = math.max(math.floor(options.kills / 2 / options.server_kills), 1)
  for kill = 1, options.kills do
    steps[#steps + 1] = "kill"
    steps[#steps + 1] = kill % 3 == 0 and "hush" or "cut"
    if kill % every == 0 and kill / every <= options.server_kills then
      steps[#steps + 1] = "kill_server"
    end
    if kill == every * options.server_kills then
      steps[#steps + 1] = "stop"
    end
  end
  return steps
end

local ACTS = {}

function ACTS.kill(storm)
  local place
  repeat
    place = math.random(storm.workers.options.count)
  until place ~= storm.stopped
  storm.workers:kill(place)
end

function ACTS.cut(storm)
  local place = 2 * math.random(math.floor(storm.workers.options.count / 2))
  storm.workers.proxies[place]:cut(math.random() * 3)
end

function ACTS.hush(storm)
  local place = 2 * math.random(math.floor(storm.workers.options.count / 2))
  storm.workers.proxies[place]:hush(1 + math.random() * 4)
end

function ACTS.kill_server(storm)
  storm:kill_server()
end

-- For longer than a lease, so that others take over what it had.
function ACTS.stop(storm)
  local place = math.random(storm.workers.options.count)
  local go_on = storm.workers:stop(place)
  storm.stopped = place
  loop.start(function()
    loop.sleep(storm.stop_seconds)
    go_on()
    storm.stopped = nil
  end)
end

--- A thread: all of it, spread over the work. `storm`: workers, kill_server(),
--- progress() from 0 to 1, stop_seconds. Counts what was done in storm.done, and
--- sets storm.is_calm behind the last.
function M.rage(storm, options)
  local steps = plan(options)
  storm.done = { kill = 0, cut = 0, hush = 0, kill_server = 0, stop = 0 }
  for i, step in ipairs(steps) do
    local limit = socket.gettime() + IDLE_SECONDS
    while storm.progress() < SHARE * i / #steps and socket.gettime() < limit do
      loop.sleep(0.05)
    end
    ACTS[step](storm)
    storm.done[step] = storm.done[step] + 1
  end
  while storm.stopped do
    loop.sleep(0.1)
  end
  storm.is_calm = true
end

return M
