-- A program that has other descriptors to watch: client:fd() is readable when
-- step() has something to do, so it goes into the loop that is there already.
-- Two loops: one without any library, one with luasocket when it is installed.

package.path = arg[0]:match "^(.-)[^/\\]*$" .. "?.lua;" .. package.path
local liangxin = require "liangxin"
local service = require "support.service"

local client = service.open()

local function make(prompt)
  local result = liangxin.check(client:generate("z-image", { prompt = prompt, image_size = "square" }))
  print("done: " .. prompt)
  return result
end

-- Without a library: the client is all there is to wait for, and poll() waits on
-- its descriptor, at most a second here, then steps. A signal ends it early.
local job = client:spawn(make, "a clock tower")
print("watching descriptor " .. client:fd())
while client:pending() > 0 do
  client:poll(1)
end
liangxin.check(job:wait())

-- With luasocket: the client stands in select's list beside sockets, because it
-- has the methods that select asks for, getfd and dirty. (Other loops take the
-- number: uv.new_poll(client:fd()); cqueues takes the client as it is.)
local has_socket, socket = pcall(require, "socket")
if has_socket then
  local listener = assert(socket.bind("127.0.0.1", 0)) -- some other work
  job = client:spawn(make, "a clock tower at night")
  while client:pending() > 0 do
    local readable = socket.select({ client, listener }, nil, 1)
    if readable[client] then
      client:step()
    end
    if readable[listener] then
      listener:accept():close()
    end
  end
  liangxin.check(job:wait())
  listener:close()
else
  print "luasocket is not installed: its loop is left out"
end
client:close()
