-- A game's loop: 60 frames a second, and the client gets at most 0.2 ms of each.
-- step() delivers what has happened and resumes the jobs that waited for it; it
-- never waits for the network, which has a thread of its own.

package.path = arg[0]:match "^(.-)[^/\\]*$" .. "?.lua;" .. package.path
local liangxin = require "liangxin"
local service = require "support.service"

local now = liangxin.now -- an engine has a clock of its own

local folder = arg[1] or "demo"
local client = service.open()
local FRAME, BUDGET = 1 / 60, 0.0002

-- What a level needs. A job reads as if it blocked, and blocks no frame.
local function load_texture(name, prompt)
  local result = liangxin.check(client:generate("z-image", { prompt = prompt, image_size = "square" }))
  local files = liangxin.check(result:save(folder .. "/"))
  print(("%s is there: %s"):format(name, files[1].path))
end

client:spawn(load_texture, "sky", "a cloudy evening sky, seamless texture")
client:spawn(load_texture, "wall", "mossy stone wall, seamless texture")
client:spawn(load_texture, "floor", "old wooden floor, seamless texture")

-- Engines wait for the screen here. Plain Lua cannot sleep, so a second client
-- that has nothing to do does it: poll() with nothing to wait for.
local clock = service.open()

local frames, worst, sum = 0, 0, 0
local next_frame = now()
while client:pending() > 0 do
  local before = now()
  client:step(BUDGET)
  local took = now() - before
  frames, worst, sum = frames + 1, math.max(worst, took), sum + took

  -- ... the game moves and draws ...

  next_frame = next_frame + FRAME
  clock:poll(math.max(0, next_frame - now()))
end
print(("%d frames; step() took %.4f ms on average, %.3f ms in the worst frame")
  :format(frames, sum / frames * 1000, worst * 1000))

clock:close()
client:close() -- raises what a job raised and nobody waited for
