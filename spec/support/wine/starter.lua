-- Starts servers for specs that run where no program of this system can be
-- started, under wine, as a process beside them; the Lua that runs it needs the
-- modules of this system:
--
--   lua5.4 spec/support/wine/starter.lua
--
-- Its first line of output is its port, which the specs get as
-- LIANGXIN_STARTER. A connection sends lines of JSON and gets one for each:
--
--   {op = "fault", options = ...}    a fault server of its own: its first line
--   {op = "sandbox", options = ...}  a sandbox of its own: its plain fields
--   {op = "requests"} and the other functions of that sandbox: what they return
--
-- Servers end with their connection. It runs until it is ended itself.

local socket = require("socket")
local fault_client = require("spec.support.fault_client")
local json = require("spec.support.fault.json")
local sandbox = require("liangxin.sandbox")

local pipes = {} -- collecting one would wait for the end of its server

local OPS = {}

function OPS.fault(_, command)
  local pipe, line = fault_client.launch(command.options or {})
  pipes[#pipes + 1] = pipe
  return json.decode(line or "null")
end

function OPS.sandbox(peer, command)
  local box, err = sandbox.start(command.options)
  if not box then
    return nil, err
  end
  peer.box = box
  return { base_url = box.base_url, api_key = box.api_key, options = box.options }
end

local function call(peer, command)
  local op = OPS[command.op]
  if op then
    return op(peer, command)
  end
  return peer.box[command.op]()
end

local function answer(peer, line)
  local results = { pcall(call, peer, assert(json.decode(line))) }
  return json.encode({ ok = results[1], first = results[2], second = results[3] })
end

local listener = assert(socket.bind("127.0.0.1", 0))
local _, port = listener:getsockname()
io.stdout:write(port, "\n")
io.stdout:flush()

local peers = {}
local watched = { listener }

local function forget(connection)
  local box = peers[connection].box
  if box then
    box.stop()
  end
  peers[connection] = nil
  for i = #watched, 2, -1 do
    if watched[i] == connection then
      table.remove(watched, i)
    end
  end
  connection:close()
end

while true do
  for _, ready in ipairs((socket.select(watched))) do
    if ready == listener then
      local connection = assert(listener:accept())
      connection:setoption("tcp-nodelay", true)
      peers[connection] = {}
      watched[#watched + 1] = connection
    else
      local line = ready:receive("*l")
      if line then
        ready:send(answer(peers[ready], line) .. "\n")
      else
        forget(ready)
      end
    end
  end
end
