-- examples/openresty with requests under way when nginx reloads and quits: each
-- gets its result, in the worker that began it.

local fault_client = require "spec.support.fault_client"
local nginx = require "spec.hosts.openresty.nginx"
local socket = require "socket"

local fault = fault_client.start()

local function free_port()
  local listener = assert(socket.bind("127.0.0.1", 0))
  local _, port = listener:getsockname()
  listener:close()
  return tonumber(port)
end

local port = free_port()

-- Send a request; a function that gives the answer's status and body.
local function draw(query)
  local peer = assert(socket.connect("127.0.0.1", port))
  peer:settimeout(30)
  assert(peer:send("GET /draw" .. query .. " HTTP/1.0\r\n\r\n"))
  return function()
    local text = assert(peer:receive "*a")
    peer:close()
    return text:match "^HTTP/%d.%d (%d+)", text:match "\r\n\r\n(.*)"
  end
end

local function assert_result(status, body)
  assert(status == "200" and body:find "^\137PNG", (status or "no answer") .. " " .. tostring(body))
end

-- A request that hangs at the service when the signal comes.
local function signal_in_flight(name, meanwhile)
  fault:rule { on = "create", act = "hang" }
  local answer = draw "?prompt=a+kite"
  assert(fault:await("hanging", { at_least = 1 }))
  nginx.signal(name)
  meanwhile()
  fault:release()
  assert_result(answer())
end

local function check()
  nginx.start(os.getenv "HERE" .. "/examples/openresty/nginx.conf", { [8080] = port },
    "LIANGXIN_BASE_URL=" .. fault.base_url)
  assert_result(draw "?prompt=a+kite" ())
  assert(draw "" () == "400")

  signal_in_flight("HUP", function()
    assert_result(draw "?prompt=another" ())
  end)
  print "reload: the request got its result"

  signal_in_flight("QUIT", function()
    repeat -- nobody listens any more
      local peer = socket.connect("127.0.0.1", port)
      local is_open = peer ~= nil
      if peer then
        peer:close()
      end
    until not is_open
  end)
  local quit_at = socket.gettime()
  print "quit: the request got its result"

  repeat
    local file = io.open "nginx.pid"
    if file then
      file:close()
    end
  until not file or socket.gettime() - quit_at > 10
  print(("nginx ended %.1f s after the last result"):format(socket.gettime() - quit_at))
  assert(#nginx.complaints "closed client" == 0, table.concat(nginx.complaints "closed client", "\n"))
end

local ok, raised = xpcall(check, debug.traceback)
fault:stop()
if not ok then
  pcall(nginx.signal, "TERM")
end
assert(ok, raised)
