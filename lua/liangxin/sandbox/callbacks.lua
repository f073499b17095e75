-- Which callback is sent when, and how often: the listener's poster asks here.
-- A sandbox on loopback reaches loopback: other hosts and https are counted as
-- skipped and left alone. Sends nothing itself.

local heap = require("liangxin.sandbox.heap")
local record = require("liangxin.sandbox.record")

local callbacks = {}

-- Seconds before each attempt after the first, divided by the speed.
local RETRY_SECONDS = { 1, 2 }

local Callbacks = {}
Callbacks.__index = Callbacks

function callbacks.new(service)
  return setmetatable(
    { service = service, heap = heap.new(), sent = {}, next_id = 0 },
    Callbacks
  )
end

-- Host (dotted), port and path of a URL within reach.
local function parse(url)
  local authority, rest = url:match("^[hH][tT][tT][pP]://([^/?#]+)([^#]*)")
  if not authority or url:find("[%c ]") then
    return nil
  end
  local host, port = authority:match("^([^:@]+):?(%d*)$")
  if host == "localhost" then
    host = "127.0.0.1"
  end
  port = port == "" and 80 or tonumber(port)
  if not host or not host:find("^127%.%d+%.%d+%.%d+$") or port > 65535 then
    return nil
  end
  return host, port, rest:sub(1, 1) == "/" and rest or "/" .. rest, authority
end

---Forgets all, the one that is being sent included.
function Callbacks:reset()
  self.heap, self.sent = heap.new(), {}
end

---Remembers to call back when the task ends; a task that never does is not
---kept.
function Callbacks:add(task, url)
  local host, port, path, authority = parse(url)
  if not host then
    self.service.received:count("callbacks_skipped")
    return
  elseif task.stays then
    return
  end
  self.heap:push({
    task = task,
    host = host,
    port = port,
    path = path,
    authority = authority,
    attempts = 0,
  }, task.created + task.seconds)
  self.service.host.wake()
end

-- The same payload as recordInfo gives.
local function write(service, item)
  local data =
    record.data(service.base_url, item.task, service.host.now())
  local body = ('{"code":200,"msg":"success","data":%s}'):format(data)
  local head = ("POST %s HTTP/1.1\r\nHost: %s\r\n"
    .. "User-Agent: liangxin-sandbox\r\nContent-Type: application/json\r\n"
    .. "Content-Length: %d\r\nConnection: close\r\n\r\n"):format(
    item.path,
    item.authority,
    #body
  )
  return head, body
end

---A callback to send now (a table), or the seconds until one is due, or nil.
function Callbacks:next()
  local _, due = self.heap:first()
  if not due then
    return nil
  end
  local wait = due - self.service.host.now()
  if wait > 0 then
    return wait
  end
  local item = self.heap:pop()
  self.next_id = self.next_id + 1
  self.sent[self.next_id] = item
  local head, body = write(self.service, item)
  return {
    id = self.next_id,
    host = item.host,
    port = item.port,
    head = head,
    body = body,
  }
end

---How it went; anything but 2xx is tried again, briefly.
function Callbacks:posted(id, status)
  local item = self.sent[id]
  if not item then
    return -- it was sent before a reset
  end
  self.sent[id] = nil
  item.attempts = item.attempts + 1
  if status >= 200 and status < 300 then
    self.service.received:count("callbacks_sent")
    return
  end
  local wait = RETRY_SECONDS[item.attempts]
  if not wait then
    self.service.received:count("callbacks_failed")
    return
  end
  self.heap:push(
    item,
    self.service.host.now() + wait / self.service.options.speed
  )
end

return callbacks
