-- A loop around LuaSocket's select: a listener of the program's own beside the
-- client. Connect to it for the state of the picture.
local liangxin = require "liangxin"
local socket = require "socket"

local client = liangxin.new()
local loop = require("liangxin.loop.socket").attach(client)
local listener = assert(socket.bind("127.0.0.1", 0))

local state = "ordered"
client:spawn(function()
  local result = liangxin.check(client:generate("z-image", { prompt = "a kite over a beach" }, {
    on_state = function(now)
      state = now
    end,
  }))
  print("saved " .. liangxin.check(result:save "pictures/")[1].path)
  client:close()
end)

while loop:is_running() do
  local readable = loop:select({ listener }, nil, 60)
  if readable[listener] then
    local peer = listener:accept()
    peer:send(state .. "\n")
    peer:close()
  end
end
