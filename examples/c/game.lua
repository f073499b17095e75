-- The game: orders a texture and plays on; the engine calls frame().
local liangxin = require "liangxin"

local client = liangxin.new {
  on_error = function(err)
    io.stderr:write(tostring(err), "\n")
  end,
}
local texture

client:spawn(function()
  local result = liangxin.check(client:generate("z-image", { prompt = "mossy stone wall, seamless texture" }))
  texture = liangxin.check(result:save "pictures/")[1].path
end)

function frame()
  client:step(0.002) -- at most 2 ms of jobs in a frame
  if texture then
    print("saved " .. texture)
    client:close()
    return false
  end
end
