-- The specs' side of starter.lua: one connection, asked line by line.

local socket = require("socket")
local json = require("spec.support.fault.json")

local remote = {}

--- A connection to the starter, nil where there is none: where servers can be
--- started by this process.
function remote.connect()
  local port = os.getenv("LIANGXIN_STARTER")
  local connection = port and assert(socket.connect("127.0.0.1", port))
  if connection then
    connection:setoption("tcp-nodelay", true)
  end
  return connection
end

--- What the starter does with `command`; its error is raised.
function remote.ask(connection, command)
  assert(connection:send(json.encode(command) .. "\n"))
  local reply = assert(json.decode(assert(connection:receive("*l"))))
  if not reply.ok then
    error(reply.first, 2)
  end
  return reply.first, reply.second
end

return remote
