-- examples/webhooks: lua5.4 callbacks.lua nginx|openresty. A create loses its answer
-- in this process, and the service's callback comes to another one by way of
-- nginx: the answer 200 means that the journal has it, and the create is healed.

local here, folder = os.getenv "HERE", os.getenv "HOST_FOLDER"
local CPATH = here .. "/build/lua5.4/?.so;;" -- nginx has the LuaJIT of the environment

package.cpath = CPATH:gsub(";;$", ";") .. package.cpath

local fault_client = require "spec.support.fault_client"
local json = require "spec.support.fault.json"
local nginx = require "spec.hosts.openresty.nginx"
local quick = require "spec.support.quick"
local raw_http = require "spec.support.raw_http"
local socket = require "socket"

local SECONDS = 30
local JOURNAL = folder .. "/studio.db"
local CALLBACK = "https://hooks.example/done"

local fault = fault_client.start()
local listeners = {}

local function free_port()
  local listener = assert(socket.bind("127.0.0.1", 0))
  local _, port = listener:getsockname()
  listener:close()
  return tonumber(port)
end

local ports = { [8080] = free_port(), [8081] = free_port(), [8082] = free_port() }

local function start_listener(port)
  local words = ("echo $$; exec env LUA_CPATH='%s' HOME='%s' LIANGXIN_BASE_URL=%s LIANGXIN_API_KEY=k lua5.4 "
    .. "%s/lua/bin/liangxin --journal '%s' listen --port %d 2>&1"):format(CPATH, folder, fault.base_url, here, JOURNAL,
    port)
  local pipe = io.popen(words)
  local listener = { pipe = pipe, pid = pipe:read "l" }
  local said = pipe:read "l"
  assert(said:find "^listening on ", said)
  listeners[#listeners + 1] = listener
  return listener
end

local function stop_listener(listener)
  os.execute("kill -TERM " .. listener.pid)
  listener.pipe:close()
end

local function post(path, body, method)
  local peer = assert(raw_http.connect("http://127.0.0.1:" .. ports[8080]))
  local answer = assert(peer:ask(method or "POST", path, body, { "Content-Type: application/json" }))
  peer:close()
  return answer.status
end

-- A create that is billed and not answered; its error, and the callback for it.
local function lose(client, key)
  fault:rule { on = "create", status = 200, cut_after = 0, script = { polls_until_success = 0 } }
  local before = #fault:requests { kind = "create" }
  local task, err = client:create({ model = "z-image", input = { prompt = "a kite" }, callBackUrl = CALLBACK },
    { key = key })
  assert(not task and err.kind == "outcome_unknown", err)
  local request = fault:requests { kind = "create" }[before + 1]
  local path = json.decode(request.body).callBackUrl:gsub("^https://[^/]+", "")
  return err, path, json.encode { code = 200, data = { taskId = request.task, state = "success" } }, request.task
end

local function assert_status(expected, status)
  assert(status == expected, ("%s, not %s"):format(status, expected))
end

local function check_answers(client)
  local err, path, body, id = lose(client, "first")
  local forged = path:gsub("%x$", function(digit) return digit == "0" and "1" or "0" end)
  assert_status(401, post(forged, body))
  assert_status(413, post(path, (" "):rep(1024 * 1024 + 1)))
  assert_status(400, post(path, "{}"))
  assert_status(200, post(path, body))
  assert(assert(err:wait(SECONDS)).id == id)
  assert_status(200, post(path, body)) -- again
  print "healed by a callback that came to another process"
end

-- Any may receive; where nobody can, the service is to call again.
local function check_listeners(client)
  local err, path, body, id = lose(client, "second")
  stop_listener(table.remove(listeners))
  stop_listener(table.remove(listeners))
  assert_status(502, post(path, body))
  start_listener(ports[8082])
  assert_status(200, post(path, body))
  assert(assert(err:wait(SECONDS)).id == id)
  print "healed by the listener that was left"
end

local function check(name)
  local client = quick.client(fault, { journal = JOURNAL })
  if name == "nginx" then
    start_listener(ports[8081])
    start_listener(ports[8082])
  end
  nginx.start(("%s/examples/webhooks/%s.conf"):format(here, name), ports,
    ("LIANGXIN_BASE_URL=%s LIANGXIN_API_KEY=k JOURNAL='%s'"):format(fault.base_url, JOURNAL))
  check_answers(client)
  if name == "nginx" then
    check_listeners(client)
  end
  print(("billed %d times"):format(fault:billed()))
end

local ok, raised = xpcall(check, debug.traceback, arg[1])
quick.close()
pcall(nginx.stop)
for _, listener in ipairs(listeners) do
  stop_listener(listener)
end
fault:stop()
assert(ok, raised)
