-- The service's callbacks on their way to the fleet: to any worker, twice, late,
-- out of order and forged; each until it is answered 2xx, as services do.

local listener = require("liangxin.listener")
local loop = require("spec.fleet.loop")
local socket = require("socket")

local FORGED_SHARE = 0.2
local SOON, LATE = 0.2, 4 -- s, until they are delivered
local AGAIN_SECONDS = 0.5
local TIMEOUT = 12 -- s; the listener waits 5 s for its worker

local M = {}
M.__index = M

function M.new(ports)
  local self = setmetatable({ ports = ports, paid = {}, refused = {}, open = 0, posting = 0,
    counts = { billed = 0, delivered = 0, sent_away = 0, silent = 0, refused = 0, forged = 0, forged_taken = 0 } }, M)
  self.listener = assert(listener.start({ handler = "spec.fleet.hook", config = "", path = package.path,
    cpath = package.cpath }))
  return self
end

--- Deliver nothing, or go on: `holds`. Whether nothing is on its way.
function M:hold(holds)
  self.holds = holds
  return self.posting == 0
end

--- Where the service is to call about a key.
function M:url(key)
  return ("http://127.0.0.1:%d/r/%s"):format(self.listener:port(), key)
end

local HEAD = "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
  .. "Content-Length: %d\r\nConnection: close\r\n\r\n"

-- What begins with the first line, if that comes within `seconds`.
local function status_line(peer, seconds)
  local text, limit = "", socket.gettime() + seconds
  while socket.gettime() < limit and not text:find("\n", 1, true) do
    if loop.readable(peer, 1) then
      local bytes, problem, partial = peer:receive(200)
      text = text .. (bytes or partial)
      if problem == "closed" then
        break
      end
    end
  end
  return text
end

-- The status of the answer at a port; nil: there is none.
local function post(port, path, body)
  local peer = socket.tcp()
  peer:settimeout(0)
  peer:connect("127.0.0.1", port)
  local status
  if loop.writable(peer, TIMEOUT) and peer:send(HEAD:format(path, #body) .. body) then
    status = status_line(peer, TIMEOUT):match("^HTTP/1.1 (%d+)")
  end
  peer:close()
  return tonumber(status)
end

-- A thread: deliver until it is taken or, where that may be, refused.
local function deliver(self, path, body, seconds)
  local counts = self.counts
  loop.sleep(seconds)
  while true do
    while self.holds do
      loop.sleep(AGAIN_SECONDS)
    end
    local ports = self.ports()
    local port = ports[math.random(math.max(#ports, 1))]
    self.posting = self.posting + 1
    local status = port and post(port, path, body)
    self.posting = self.posting - 1
    if status and status < 300 then
      counts.delivered = counts.delivered + 1
      break
    end
    local name = not status and "silent" or status == 503 and "sent_away" or "refused"
    counts[name] = counts[name] + 1
    if status == 401 and self.may_refuse then
      self.refused[path:match("^/r/(%w+)")] = true
      break
    end
    loop.sleep(AGAIN_SECONDS)
  end
  self.open = self.open - 1
end

-- A thread: a forged one, once, wherever somebody answers.
local function forge(self, path, body)
  local counts = self.counts
  loop.sleep(math.random() * LATE)
  local ports = self.ports()
  local status = #ports > 0
    and post(ports[math.random(#ports)], path:gsub("liangxin_token=%w+", "liangxin_token=" .. ("0"):rep(32)), body)
  counts.forged = counts.forged + 1
  counts.forged_taken = counts.forged_taken + (status == 200 and 1 or 0)
  self.open = self.open - 1
end

function M:_take(path, body)
  local key = path:match("^/r/(%w+)")
  local task_id = body:match('"taskId":"([^"]+)"') or body:match('"task_id":"([^"]+)"')
  if not key or not task_id then
    error("the service called back without a key or a task: " .. path)
  end
  self.paid[key] = self.paid[key] or {}
  if self.paid[key][task_id] then
    return
  end
  self.paid[key][task_id] = true
  self.counts.billed = self.counts.billed + 1
  self.open = self.open + 2
  loop.start(deliver, self, path, body, math.random() * SOON)
  loop.start(deliver, self, path, body, math.random() * LATE)
  if math.random() < FORGED_SHARE then
    self.open = self.open + 1
    loop.start(forge, self, path, body)
  end
end

-- A thread: what the service has called.
local function fetch(self)
  while true do
    local text, at = assert(self.listener:call("fetch", "")), 1
    while at <= #text do
      local path_bytes, body_bytes, from = text:match("^(%d+) (%d+)\n()", at)
      local body_from = from + path_bytes
      at = body_from + body_bytes
      self:_take(text:sub(from, body_from - 1), text:sub(body_from, at - 1))
    end
    loop.sleep(0.1)
  end
end

function M:start()
  loop.start(fetch, self)
end

function M:stop()
  self.listener:stop()
end

return M
