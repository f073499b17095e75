-- What the fault server saw and did: connections, requests, what it would have
-- billed. Only `log.lua` counts; the others tell it. Times are seconds since
-- the log began.

local socket = require("socket")
local http = require("spec.support.fault.http")

---@class fault.Log
local log = {}
log.__index = log

-- Beyond these the counters go on and the records stop.
local REQUESTS_MAX = 50000
local CONNECTIONS_MAX = 50000

local COUNTERS = {
  "requests", "done", "creates", "queries", "files", "others", "billed",
  "connections", "open_connections", "max_open", "resets", "bytes_in",
  "bytes_out", "hanging", "unrecorded",
}

local COUNTER_OF_KIND = {
  create = "creates",
  query = "queries",
  file = "files",
  other = "others",
}

---@return fault.Log
function log.new()
  local counts = {}
  for _, name in ipairs(COUNTERS) do
    counts[name] = 0
  end
  return setmetatable({
    began = socket.gettime(),
    counts = counts,
    requests = {},
    connections = {},
  }, log)
end

---@return table<string, boolean>
function log.counter_names()
  local names = {}
  for _, name in ipairs(COUNTERS) do
    names[name] = true
  end
  return names
end

local function count(self, name, by)
  self.counts[name] = self.counts[name] + (by or 1)
end

local function now(self)
  return socket.gettime() - self.began
end

---@param listener string its name
---@return table connection
function log:open_connection(listener)
  count(self, "connections")
  count(self, "open_connections")
  local counts = self.counts
  counts.max_open = math.max(counts.max_open, counts.open_connections)
  local connection = {
    n = counts.connections,
    listener = listener,
    opened = now(self),
    requests = 0,
  }
  if #self.connections < CONNECTIONS_MAX then
    table.insert(self.connections, connection)
  end
  return connection
end

---The connection hangs as a rule told it to, or no longer.
---@param connection table
---@param hangs boolean
function log:hang(connection, hangs)
  if hangs ~= (connection.hangs or false) then
    connection.hangs = hangs
    count(self, "hanging", hangs and 1 or -1)
  end
end

---@param connection table
---@param ended string how
---@param stream fault.Stream
function log:close_connection(connection, ended, stream)
  if connection.closed then
    return
  end
  self:hang(connection, false)
  connection.closed = now(self)
  connection.ended = ended
  connection.bytes_in, connection.bytes_out = stream.bytes_in, stream.bytes_out
  count(self, "open_connections", -1)
  count(self, "bytes_in", stream.bytes_in)
  count(self, "bytes_out", stream.bytes_out)
  if ended:find("reset", 1, true) == 1 then
    count(self, "resets")
  end
end

---A request whose first bytes arrived.
---@param connection table
---@return table record
function log:begin_request(connection)
  connection.requests = connection.requests + 1
  count(self, "requests")
  local record = {
    n = self.counts.requests,
    conn = connection.n,
    index = connection.requests,
    listener = connection.listener,
    began = now(self),
    body_bytes = 0,
    billed = false,
  }
  if #self.requests < REQUESTS_MAX then
    table.insert(self.requests, record)
  else
    count(self, "unrecorded")
  end
  return record
end

---The head of that request was read.
---@param record table
---@param request fault.Request
function log:know_request(record, request)
  record.kind = request.kind
  record.method, record.target = request.method, request.target
  record.version = request.version
  record.headers = request.headers
  record.task = request.task_id
  count(self, COUNTER_OF_KIND[request.kind])
end

---@param record table
function log:bill(record)
  if not record.billed then
    record.billed = true
    count(self, "billed")
  end
end

---@param record table
---@param request fault.Request? nil when its head was never read
---@param done string what was done, for people and specs
function log:end_request(record, request, done)
  if record.ended then
    return
  end
  record.ended, record.done = now(self), done
  if request then
    record.body = http.body(request)
    record.body_bytes = request.body_bytes
    record.body_complete = request.body_complete
    request.body_parts = { record.body }
  end
  count(self, "done")
end

return log
