-- One connection from its accept to its end: reads each request, asks the
-- script what is to happen, lets it happen at the stated point, bills, and
-- records. Runs as a task of the loop.

local http = require("spec.support.fault.http")
local json = require("spec.support.fault.json")
local answer = require("spec.support.fault.answer")
local stream_of = require("spec.support.fault.stream")

local exchange = {}

local NO_RULE = { act = "answer", times = "always" }

---@class fault.World what all connections share
---@field log fault.Log
---@field script fault.Script
---@field service fault.Service
---@field origins table<string, string>

local function note_end(self, done)
  local record = self.record
  if record then
    self.world.log:end_request(record, self.request, done)
    self.record, self.request = nil, nil
  end
end

-- Ends the connection, visibly in the log before the peer can react to it.
local function over(self, how, done, is_cut)
  note_end(self, done)
  self.world.log:close_connection(self.connection, done, self.stream)
  if how == "close" then
    self.stream:finish(is_cut)
  elseif how == "reset" then
    self.stream:reset()
  else
    self.stream:close()
  end
  return "over"
end

local function hang(self, rule)
  local log = self.world.log
  log:hang(self.connection, true)
  -- Before a request is read nothing else is read either.
  if rule.when == "accept" or rule.when == "before_read" then
    self.stream:ignore(rule.seconds)
  else
    self.stream:pause(rule.seconds)
  end
  log:hang(self.connection, false)
end

-- Carries the rule's fault out if `point` is where it belongs. "over" when the
-- connection has ended with it.
local function fault_at(self, rule, point)
  if not rule or rule.when ~= point then
    return nil
  end
  if rule.billed and self.record then
    self.world.log:bill(self.record)
  end
  if rule.act == "hang" then
    hang(self, rule)
    return nil
  end
  return over(self, rule.act, rule.act .. " " .. point, true)
end

-- Whether a scripted answer of 2xx tells the client that a task was made.
-- Unreadable bodies do not deny it; an envelope with another code does.
local function denies(rule)
  local body = rule.raw or rule.body or ""
  local value = json.decode(body)
  if type(value) == "table" then
    local code = value.code
    return value.error ~= nil or (code ~= nil and tostring(code) ~= "200")
  end
  return body:match("^%s*<") ~= nil
end

local function scripted_task_id(rule)
  local value = rule.body and json.decode(rule.body)
  local data = type(value) == "table" and value.data
  local id = type(data) == "table" and data.taskId
  return type(id) == "string" and id ~= "" and id or nil
end

-- What is answered, whether the service accepted a create, and its task.
local function decide(self, rule)
  local world, request = self.world, self.request
  local body = http.body(request)
  if not answer.is_scripted(rule) then
    local reply, id = world.service:reply(request, body, rule.script)
    return reply, id ~= nil, id
  end
  local reply = answer.scripted(rule, request, world.origins)
  local accepted = request.kind == "create" and request.body_complete
    and reply.status >= 200 and reply.status <= 299 and not denies(rule)
  if rule.billed ~= nil then
    accepted = rule.billed
  end
  if accepted and request.kind == "create" then
    local id = scripted_task_id(rule)
    return reply, true, world.service:make_task(id, body, rule.script)
  end
  return reply, false, nil
end

local function settle(self, rule)
  local reply, accepted, id = decide(self, rule)
  if id then
    self.record.task = id
  end
  local billed = rule.billed
  if billed == nil then
    billed = accepted
  end
  if billed then
    self.world.log:bill(self.record)
  end
  return reply
end

-- After how many bytes of the answer something happens, if it does.
local function limit_of(rule, wire)
  if rule.when == "after_answer_bytes" then
    return rule.bytes
  elseif rule.cut_after then
    return #wire.lead + #wire.head + rule.cut_after
  end
  return nil
end

local function at_limit(self, rule)
  if rule.cut_after then
    local how = rule.cut or "close"
    return over(self, how, how .. " cut", true)
  end
  return fault_at(self, rule, "after_answer_bytes")
end

local function write(self, data, drip, way)
  if not drip then
    self.stream:write(data)
    return
  end
  for first = 1, #data, drip.bytes do
    if way.has_dripped then
      self.stream:pause(drip.every_s)
    end
    way.has_dripped = true
    self.stream:write(data:sub(first, first + drip.bytes - 1))
  end
end

-- Sends one piece of the answer, with what happens inside it. `way.left`
-- counts down to that.
local function send(self, rule, way, data, drip)
  local left = way.left
  if left and #data >= left then
    write(self, data:sub(1, left), drip, way)
    way.left = nil
    if at_limit(self, rule) == "over" then
      return "over"
    end
    data = data:sub(left + 1)
  elseif left then
    way.left = left - #data
  end
  write(self, data, drip, way)
  return nil
end

local function deliver(self, rule, wire)
  local way = { left = limit_of(rule, wire) }
  local drip = rule.drip
  local data = wire.lead .. wire.head
  local drip_now = drip and drip.head and drip or nil
  while data do
    if send(self, rule, way, data, drip_now) == "over" then
      return "over"
    end
    data, drip_now = wire.next_piece(), drip
  end
  -- An answer shorter than the limit: the fault comes at its end.
  return way.left and at_limit(self, rule) or nil
end

local function read_body(self, rule)
  local request = self.request
  local expects = (http.header(request, "expect") or ""):lower()
  if expects == "100-continue" and rule.early ~= 0 then
    self.stream:write("HTTP/1.1 100 Continue\r\n\r\n")
  end
  return http.read_body(self.stream, request, rule.early)
end

local function refuse(self, problem)
  local text = "HTTP/1.1 400 Bad Request\r\nContent-Length: %d\r\n"
    .. "Connection: close\r\n\r\n%s"
  self.stream:write(text:format(#problem, problem))
  return over(self, "close", "refused: " .. problem)
end

local function is_persistent(request)
  local option = (http.header(request, "connection") or ""):lower()
  if request.version == "1.0" then
    return option:find("keep-alive", 1, true) ~= nil
  end
  return not option:find("close", 1, true)
end

local function know(self, request)
  local world = self.world
  request.kind = world.service.kind(request)
  request.task_id = request.kind == "query"
    and world.service.task_id(request) or nil
  request.listener = self.connection.listener
  request.age = self.record.index == 1 and "fresh" or "reused"
  request.is_persistent = is_persistent(request)
  self.request = request
  world.log:know_request(self.record, request)
end

local function reply_to(self, rule)
  local reply = settle(self, rule)
  if fault_at(self, rule, "after_read") == "over" then
    return "over"
  end
  if rule.delay_s then
    self.stream:pause(rule.delay_s)
  end
  local is_unread = not self.request.body_complete
  local wire = answer.wire(reply, rule, self.request, is_unread)
  if deliver(self, rule, wire) == "over" then
    return "over"
  end
  local done = ("answer %d"):format(rule.status or reply.status)
  if wire.ending == false then
    note_end(self, done)
    return nil
  end
  local how = wire.ending == "abrupt" and "abrupt" or "close"
  return over(self, how, done, is_unread)
end

-- One request whose first bytes are in the buffer. "over" ends the connection.
local function serve_request(self)
  local world = self.world
  self.record = world.log:begin_request(self.connection)
  local age = self.record.index == 1 and "fresh" or "reused"
  local blind = world.script:for_first_bytes(self.connection.listener, age)
  if fault_at(self, blind, "before_read") == "over" then
    return "over"
  end
  local request, problem = http.read_head(self.stream)
  if not request then
    return refuse(self, problem)
  end
  know(self, request)
  local rule = blind or world.script:for_request(request) or NO_RULE
  if fault_at(self, rule, "after_headers") == "over" then
    return "over"
  end
  problem = read_body(self, rule)
  if problem then
    return refuse(self, problem)
  end
  return reply_to(self, rule)
end

-- What the kind of listener does before any HTTP. "over" ends the connection.
local function greet(self, listener)
  local rule = self.world.script:for_accept(listener.name)
  if fault_at(self, rule, "accept") == "over" then
    return "over"
  elseif listener.mode == "tls_reset" then
    self.stream:fill()
    return over(self, "reset", "reset in the TLS handshake")
  elseif listener.mode == "tls_hang" then
    self.stream:pause(nil)
    return over(self, "reset", "reset when released")
  elseif listener.mode ~= "plain" then
    local context = self.world.tls_contexts[listener.mode]
    local ok, problem = self.stream:handshake(context)
    if not ok then
      return over(self, "abrupt", "TLS handshake failed: " .. problem)
    end
  end
  return nil
end

local function converse(self, listener)
  if greet(self, listener) == "over" then
    return
  end
  repeat
    self.is_idle = true
    if #self.stream.buffer == 0 then
      self.stream:fill()
    end
    self.is_idle = false
    if self.is_dropped then
      -- A socket that was closed answers what still comes with a reset.
      over(self, "reset", "reset after drop")
      return
    end
  until serve_request(self) == "over"
end

local function explain(problem)
  if problem == stream_of.GONE then
    return problem
  end
  return debug.traceback(tostring(problem), 2)
end

---Serve one accepted socket until its end.
---@param world fault.World
---@param listener table name and mode
---@param raw table luasocket object
function exchange.serve(world, listener, raw)
  local self = {
    world = world,
    stream = stream_of.new(raw),
    connection = world.log:open_connection(listener.name),
  }
  world.conversations[self] = true
  local ok, problem = xpcall(converse, explain, self, listener)
  world.conversations[self] = nil
  if not ok and problem ~= stream_of.GONE then
    error(problem, 0)
  end
  note_end(self, "peer gone")
  world.log:close_connection(self.connection, "peer gone", self.stream)
  self.stream:close()
end

---End all connections that are between two requests, as a server does that
---tires of them.
---@param world fault.World
---@param how "close"|"reset"
---@return integer count
function exchange.drop_idle(world, how)
  local count = 0
  for self in pairs(world.conversations) do
    if self.is_idle and not self.is_dropped then
      count = count + 1
      self.is_dropped = true
      if how == "reset" then
        self.stream:reset()
        world.log:close_connection(self.connection, "reset idle", self.stream)
        world.conversations[self] = nil
      else
        self.stream.raw:shutdown("send")
      end
    end
  end
  return count
end

---Reset every connection and forget it.
---@param world fault.World
function exchange.abort_all(world)
  for self in pairs(world.conversations) do
    self.stream:reset()
    world.conversations[self] = nil
  end
end

return exchange
