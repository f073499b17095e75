-- The requests that the server received: a ring of the newest requests and counters of all.
-- The state's only memory that grows with traffic besides the tasks, so both
-- are bounded here.

local received = {}

local REQUESTS_MAX = 2000
local BODY_MAX = 32 * 1024

local COUNTERS = {
  "requests",
  "creates",
  "billed",
  "queries",
  "files",
  "files_with_key",
  "callbacks_sent",
  "callbacks_failed",
  "callbacks_skipped",
}

local Received = {}
Received.__index = Received

---@param started number the clock at the start
function received.new(started)
  local self = { started = started, ring = {}, written = 0, counters = {} }
  for _, name in ipairs(COUNTERS) do
    self.counters[name] = 0
  end
  return setmetatable(self, Received)
end

function Received:count(name)
  self.counters[name] = self.counters[name] + 1
end

function Received:record(request, status, now)
  local body = request.body
  self:count("requests")
  self.ring[self.written % REQUESTS_MAX + 1] = {
    method = request.method,
    path = request.path,
    query = request.query,
    headers = request.headers,
    body = #body > BODY_MAX and body:sub(1, BODY_MAX) or body,
    body_bytes = #body,
    status = status,
    time = now - self.started,
  }
  self.written = self.written + 1
end

---Oldest first.
function Received:list()
  local list = {}
  local first = math.max(0, self.written - REQUESTS_MAX)
  for i = first, self.written - 1 do
    list[#list + 1] = self.ring[i % REQUESTS_MAX + 1]
  end
  return list
end

return received
