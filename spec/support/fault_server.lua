-- The fault server: a LiangXin service whose every byte can go wrong, as its
-- own process. Run by spec/support/fault_client.lua, always with Lua 5.4:
--
--   lua5.4 spec/support/fault_server.lua [--tls] [--tls-names] [--lifetime SECONDS]
--
-- --tls-names: origins of TLS have the host localhost, for clients that compare
-- a certificate with names only.
--
-- Its first line of output is a JSON object of the origins it listens on. It
-- ends when its first control connection closes, when none comes within 10 s,
-- and in any case after its lifetime (default 600 s).

local root = arg[0]:match("^(.-)spec/support/[^/]*$")
if not root then
  error("run the fault server by a path that ends in spec/support/")
end
package.path = (root == "" and "./" or root) .. "?.lua;" .. package.path

local socket = require("socket")
local json = require("spec.support.fault.json")
local tls = require("spec.support.fault.tls")
local loop_of = require("spec.support.fault.loop")
local log_of = require("spec.support.fault.log")
local script_of = require("spec.support.fault.script")
local service_of = require("spec.support.fault.service")
local exchange = require("spec.support.fault.exchange")
local control = require("spec.support.fault.control")

local OWNER_GRACE_S = 60
-- select cannot watch descriptors from 1024 on.
local CONNECTIONS_MAX = 900
local BACKLOG = 511

local LISTENERS = {
  { name = "main", mode = "plain", host = "127.0.0.1" },
  { name = "other", mode = "plain", host = "127.0.0.2", or_host = "127.0.0.1" },
  { name = "ipv6", mode = "plain", host = "::1", is_optional = true },
  { name = "tls", mode = "tls", host = "127.0.0.1" },
  { name = "tls_other", mode = "tls", host = "127.0.0.2",
    or_host = "127.0.0.1" },
  { name = "tls_elsewhere", mode = "tls_elsewhere", host = "127.0.0.1" },
  { name = "tls_reset", mode = "tls_reset", host = "127.0.0.1" },
  { name = "tls_hang", mode = "tls_hang", host = "127.0.0.1" },
}

local function parse_arguments(arguments)
  local options = { tls = false, lifetime_s = 600 }
  local i = 1
  while i <= #arguments do
    if arguments[i] == "--tls" then
      options.tls = true
    elseif arguments[i] == "--tls-names" then
      options.tls_names = true
    elseif arguments[i] == "--lifetime" then
      i = i + 1
      options.lifetime_s = tonumber(arguments[i])
        or error("--lifetime needs seconds")
    else
      error("unknown option " .. arguments[i])
    end
    i = i + 1
  end
  return options
end

local function origin_of(server, is_tls, name)
  local host, port = server:getsockname()
  if name then
    host = name
  elseif host:find(":", 1, true) then
    host = "[" .. host .. "]"
  end
  return ("%s://%s:%d"):format(is_tls and "https" or "http", host, port)
end

local function bind(listener, host)
  local server, problem = socket.bind(host or listener.host, 0, BACKLOG)
  if not server and listener.or_host then
    server, problem = socket.bind(listener.or_host, 0, BACKLOG)
  end
  if not server and not listener.is_optional then
    error(("cannot listen on %s: %s"):format(listener.host, problem))
  end
  return server
end

-- A port where connecting neither succeeds nor fails: its queue is full and is
-- never emptied, so the kernel drops what arrives (Linux).
local function open_black_hole()
  local server = assert(socket.tcp4())
  assert(server:bind("127.0.0.1", 0))
  assert(server:listen(0))
  local host, port = server:getsockname()
  local fillers = {}
  for i = 1, 4 do
    fillers[i] = assert(socket.tcp4())
    fillers[i]:settimeout(0)
    fillers[i]:connect(host, port)
  end
  return server, fillers
end

-- A port that is taken but where nobody listens: connecting is refused.
local function open_refused()
  local holder = assert(socket.tcp4())
  assert(holder:bind("127.0.0.1", 0))
  return holder
end

local function is_full(world)
  local count = 0
  for _ in pairs(world.conversations) do
    count = count + 1
  end
  return count >= CONNECTIONS_MAX
end

local function accept_forever(world, server, serve)
  server:settimeout(0)
  while true do
    loop_of.wait({ read = server })
    while is_full(world) do
      loop_of.wait({ deadline = socket.gettime() + 0.01 })
    end
    local raw = server:accept()
    if raw then
      world.loop:spawn(serve, raw)
    end
  end
end

local function open_listeners(world, options)
  local keep = {}
  for _, listener in ipairs(LISTENERS) do
    local is_tls = listener.mode ~= "plain"
    local name = is_tls and options.tls_names and "localhost"
    local server = (options.tls or not is_tls) and bind(listener, name and "127.0.0.1")
    if server then
      keep[#keep + 1] = server
      world.origins[listener.name] = origin_of(server, is_tls, name)
      world.loop:spawn(accept_forever, world, server, function(raw)
        exchange.serve(world, listener, raw)
      end)
    end
  end
  local hole, fillers = open_black_hole()
  local refused = open_refused()
  world.origins.black_hole = origin_of(hole, false)
  world.origins.refused = origin_of(refused, false)
  -- Held until the process ends: a collected socket is a closed one.
  world.held = { keep, hole, fillers, refused }
end

local function new_world()
  local world = { loop = loop_of.new(), origins = {}, conversations = {} }
  function world:forget_all()
    exchange.abort_all(self)
    self.loop:forget(function(want)
      return want.stream and want.stream.closed
    end)
    self.log = log_of.new()
    self.script = script_of.new()
    self.service = service_of.new(self.origins)
  end
  world:forget_all()
  return world
end

local function serve(world, options)
  local ends_at = socket.gettime() + options.lifetime_s
  local owner_until = socket.gettime() + OWNER_GRACE_S
  while not world.loop.stopped do
    local now = socket.gettime()
    if now >= ends_at then
      io.stderr:write("fault server: its lifetime is over\n")
      return
    elseif not world.has_owner and now >= owner_until then
      io.stderr:write("fault server: nobody took control of it\n")
      return
    end
    world.loop:turn(math.min(ends_at, now + 1))
  end
end

local function main(arguments)
  local options = parse_arguments(arguments)
  local world = new_world()
  local secure = options.tls and tls.open()
  local ok, problem = xpcall(function()
    world.tls_contexts = secure and {
      tls = secure.context,
      tls_elsewhere = secure.other_context,
    }
    open_listeners(world, options)
    local commands = assert(socket.bind("127.0.0.1", 0))
    world.loop:spawn(accept_forever, world, commands, function(raw)
      control.serve(world, raw)
    end)
    local _, port = commands:getsockname()
    io.stdout:write(json.encode({
      control_port = tonumber(port),
      origins = world.origins,
      ca_file = secure and secure.ca_file or nil,
    }), "\n")
    io.stdout:flush()
    serve(world, options)
  end, debug.traceback)
  if secure then
    tls.close(secure)
  end
  if not ok then
    io.stderr:write("fault server: ", tostring(problem), "\n")
    os.exit(1)
  end
end

main(arg)
