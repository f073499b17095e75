-- LÖVE: a ball jumps, and what it jumps before is drawn while the game plays.
local liangxin = require "liangxin"

local files, pictures = love.thread.newChannel(), love.thread.newChannel()
local client = liangxin.new()
local backdrop, part, scroll = nil, nil, 0
local words = "the backdrop is being drawn"

local function order_backdrop()
  local result, bytes, err
  result, err = client:generate("z-image", {
    prompt = "mountains at sunset, a lake, side view",
    image_size = "landscape_4_3",
  })
  if result then
    bytes, err = result:fetch(1) -- a texture needs no file
  end
  if bytes then
    files:push(bytes)
  else
    words = "no backdrop: " .. tostring(err)
    io.stderr:write(words, "\n")
  end
end

function love.load()
  love.thread.newThread("decode.lua"):start(files, pictures)
  client:spawn(order_backdrop)
end

function love.update(dt)
  scroll = scroll + dt * 60
  local picture = pictures:pop()
  if picture then
    backdrop = love.graphics.newImage(picture)
    backdrop:setWrap("mirroredrepeat", "clamp")
    part = love.graphics.newQuad(0, 0, 1, 1, backdrop:getDimensions())
  end
end

function love.draw()
  local width, height = love.graphics.getDimensions()
  love.graphics.setColor(1, 1, 1)
  if backdrop then
    local scale = height / backdrop:getHeight()
    part:setViewport(scroll / scale, 0, width / scale, height / scale)
    love.graphics.draw(backdrop, part, 0, 0, 0, scale)
  else
    love.graphics.printf(words, 20, 20, width - 40)
  end
  love.graphics.setColor(0.9, 0.2, 0.1)
  love.graphics.circle("fill", width / 2, height - 60 - math.abs(math.sin(scroll / 20)) * 150, 30)
end

function love.keypressed(key)
  if key == "escape" then
    love.event.quit()
  end
end

require("liangxin.loop.love").attach(client) -- from here on love.update steps it

-- What update and draw take in a frame, without the wait for the screen.
local FRAME_S = 0.016
local frames, slow, worst, began = 0, 0, 0, 0
local update, draw = love.update, love.draw

function love.update(dt)
  began = love.timer.getTime()
  update(dt)
end

function love.draw()
  draw()
  local took = love.timer.getTime() - began
  frames, worst, slow = frames + 1, math.max(worst, took), slow + (took > FRAME_S and 1 or 0)
end

function love.quit()
  files:push "end"
  client:close()
  print(("%d frames, the longest %.1f ms, %d over %d ms"):format(frames, worst * 1000, slow, FRAME_S * 1000))
end
