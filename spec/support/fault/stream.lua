-- One accepted socket, plain or TLS, as a task of the loop sees it: reads and
-- writes that wait, and the ways to end it that a peer can tell apart. Knows
-- nothing of HTTP. When the peer is gone, calls raise `stream.GONE`.

local socket = require("socket")
local loop = require("spec.support.fault.loop")

---@class fault.Stream
---@field buffer string bytes read and not yet consumed
---@field bytes_in integer
---@field bytes_out integer
local stream = {}
stream.__index = stream

stream.GONE = setmetatable({}, { __tostring = function()
  return "the peer is gone"
end })

local READ_BYTES = 65536
-- While a task pauses, the peer's bytes are kept up to here, so that its
-- closing is seen; beyond, TCP holds the peer back.
local STASH_MAX_BYTES = 1048576
-- How long after a FIN the peer's remaining bytes are thrown away, so that the
-- kernel does not answer them with a reset (nginx: lingering_close).
local LINGER_S = 5

---@param raw table a connected luasocket object
---@return fault.Stream
function stream.new(raw)
  raw:settimeout(0)
  -- Nagle would hold a small piece back, and a reset would then swallow it.
  raw:setoption("tcp-nodelay", true)
  return setmetatable({
    raw = raw,
    io = raw,
    buffer = "",
    bytes_in = 0,
    bytes_out = 0,
    closed = false,
  }, stream)
end

-- What to wait for after a call that could not finish. LuaSec may need to
-- write in order to read, and the other way round.
local function want_for(self, why, usual, deadline)
  local direction = usual
  if why == "wantread" then
    direction = "read"
  elseif why == "wantwrite" then
    direction = "write"
  end
  return { [direction] = self.io, deadline = deadline, stream = self }
end

local function is_wait(why)
  return why == "timeout" or why == "wantread" or why == "wantwrite"
end

---TLS handshake, as the server.
---@param context table of LuaSec
---@return true? done, string? err
function stream:handshake(context)
  local ssl = require("ssl")
  local secure, problem = ssl.wrap(self.raw, context)
  if not secure then
    return nil, problem
  end
  -- `wrap` took the descriptor; the plain object needs it too, to set options
  -- and to close without a close_notify.
  self.raw:setfd(secure:getfd())
  secure:settimeout(0)
  self.io, self.is_tls = secure, true
  while true do
    local ok, why = secure:dohandshake()
    if ok then
      return true
    elseif not is_wait(why) then
      return nil, tostring(why)
    end
    loop.wait(want_for(self, why, "read"))
  end
end

-- Takes what the kernel has; nil and the reason when that is nothing. The last
-- bytes may come together with the end of the connection: LuaSec, asked again
-- after a failure, would spin for ever.
local function take(self)
  if self.is_broken then
    return nil, "closed"
  end
  local data, why, partial = self.io:receive(READ_BYTES)
  data = data or partial
  self.is_broken = self.is_tls and why and not is_wait(why)
  if data and #data > 0 then
    self.bytes_in = self.bytes_in + #data
    return data
  end
  return nil, why
end

---Wait for at least one more byte in `buffer`.
---@param deadline number? of socket.gettime
---@return boolean more false when the deadline passed first
function stream:fill(deadline)
  while true do
    local data, why = take(self)
    if data then
      self.buffer = self.buffer .. data
      return true
    elseif not is_wait(why) then
      error(stream.GONE, 0)
    end
    if loop.wait(want_for(self, why, "read", deadline)) == "timeout" then
      return false
    end
  end
end

---@param data string
function stream:write(data)
  local position = 1
  while position <= #data do
    if self.is_broken then
      error(stream.GONE, 0)
    end
    local last, why, partial = self.io:send(data, position)
    local reached = last or partial or position - 1
    self.bytes_out = self.bytes_out + (reached - position + 1)
    position = reached + 1
    if not last then
      if not is_wait(why) then
        self.is_broken = self.is_tls
        error(stream.GONE, 0)
      end
      loop.wait(want_for(self, why, "write"))
    end
  end
end

---Do nothing for a while but notice when the peer leaves.
---@param seconds number? nil: until the loop's `release`
function stream:pause(seconds)
  local want = { stream = self, parked = seconds == nil }
  want.deadline = seconds and socket.gettime() + seconds
  want.read = self.io
  while true do
    local why = loop.wait(want)
    if why ~= "ready" or want.released then
      return
    end
    local data, problem = take(self)
    if data then
      self.buffer = self.buffer .. data
    elseif not is_wait(problem) then
      error(stream.GONE, 0)
    end
    if #self.buffer >= STASH_MAX_BYTES then
      want.read = nil
    end
  end
end

---Do nothing, and read nothing: a peer that leaves is not noticed.
---@param seconds number? nil: until the loop's `release`
function stream:ignore(seconds)
  loop.wait({
    stream = self,
    parked = seconds == nil,
    deadline = seconds and socket.gettime() + seconds,
  })
end

-- Closes the descriptor first, then lets LuaSec see a dead one: otherwise it
-- would send a close_notify, or wait for room to send it.
local function drop(self)
  self.closed = true
  self.raw:close()
  if self.is_tls then
    self.io:close()
  end
end

---End with a reset (RST): bytes not yet sent are lost.
function stream:reset()
  if not self.closed then
    self.raw:setoption("linger", { on = true, timeout = 0 })
    drop(self)
  end
end

---Close at once. The kernel sends a FIN, or a reset when bytes are unread.
function stream:close()
  if not self.closed then
    drop(self)
  end
end

---End with a FIN, whatever the peer still sends, and close when it does too.
---@param is_cut boolean? over TLS: no close_notify, as when a machine dies
function stream:finish(is_cut)
  if self.closed then
    return
  end
  if self.is_tls and not is_cut then
    -- LuaSec makes the socket block to send its close_notify: not without room.
    local deadline = socket.gettime() + LINGER_S
    local want = { write = self.raw, deadline = deadline, stream = self }
    if loop.wait(want) == "timeout" then
      self:close()
      return
    end
    self.closed = true
    self.io:close()
    self.raw:setfd(-1)
    return
  end
  self.raw:shutdown("send")
  local deadline = socket.gettime() + LINGER_S
  while not self.closed do
    local data, why = take(self)
    if not data then
      if not is_wait(why) then
        break
      end
      local want = want_for(self, why, "read", deadline)
      if loop.wait(want) == "timeout" then
        break
      end
    end
  end
  self:close()
end

return stream
