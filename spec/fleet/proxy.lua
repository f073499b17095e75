-- A network between a worker and the server that is cut, or goes silent.

local loop = require("spec.fleet.loop")
local socket = require("socket")

local LOOK_SECONDS = 0.1 -- between looks whether it was cut

local Proxy = {}
Proxy.__index = Proxy

local function is_cut(pair)
  return pair.is_over or pair.proxy.generation ~= pair.generation
end

-- All of `bytes`; false where the peer is gone.
local function send(pair, to, bytes)
  local sent = 0
  while sent < #bytes do
    if is_cut(pair) then
      return false
    end
    local last, problem, partial = to:send(bytes, sent + 1)
    sent = last or partial or sent
    if problem == "timeout" then
      loop.writable(to, LOOK_SECONDS)
    elseif problem then
      return false
    end
  end
  return true
end

-- From one end to the other, until one is gone or it is cut.
local function pump(pair, from, to)
  repeat
    local is_ready = loop.readable(from, LOOK_SECONDS)
    while socket.gettime() < pair.proxy.silent_until do
      loop.sleep(LOOK_SECONDS)
    end
    local is_open = not is_cut(pair)
    if is_ready and is_open then
      local bytes, problem, partial = from:receive(65536)
      bytes = bytes or partial
      is_open = problem ~= "closed" or #bytes > 0
      is_open = send(pair, to, bytes) and is_open
    end
  until not is_open
  pair.is_over = true
  from:close()
  to:close()
end

local function pass(self, client)
  local server = socket.tcp()
  client:settimeout(0)
  client:setoption("tcp-nodelay", true)
  server:settimeout(1)
  if socket.gettime() < self.shut_until or not server:connect("127.0.0.1", self.to_port) then
    client:close()
    server:close()
    return
  end
  server:settimeout(0)
  server:setoption("tcp-nodelay", true)
  local pair = { proxy = self, generation = self.generation }
  loop.start(pump, pair, client, server)
  loop.start(pump, pair, server, client)
end

local function serve(self)
  while true do
    if loop.readable(self.listener, 1) then
      local client = self.listener:accept()
      if client then
        pass(self, client)
      end
    end
  end
end

--- Cut all that goes through, and let nothing through for a while.
function Proxy:cut(seconds)
  self.generation = self.generation + 1
  self.shut_until = socket.gettime() + seconds
end

--- Pass nothing for a while, and cut it then.
function Proxy:hush(seconds)
  self.silent_until = socket.gettime() + seconds
  self.generation = self.generation + 1
end

--- One to a port of loopback: its own port is `port`.
return function(to_port)
  local listener = assert(socket.bind("127.0.0.1", 0, 64))
  listener:settimeout(0)
  local _, port = listener:getsockname()
  local self = setmetatable({ listener = listener, port = tonumber(port), to_port = to_port, generation = 0,
    shut_until = 0, silent_until = 0 }, Proxy)
  loop.start(serve, self)
  return self
end
