-- A bare HTTP client over a socket, for specs that look at bytes: it sends
-- what it is told, reads answers by their framing, and tells a reset from a
-- FIN. Runs on Lua 5.1, 5.3, 5.4 and LuaJIT.

local socket = require("socket")

local raw_http = {}

---@class spec.RawConnection
local connection = {}
connection.__index = connection

local TIMEOUT_S = 60 -- generous: the machine may be slow

---@class spec.RawAnswer
---@field version string
---@field status integer
---@field reason string
---@field headers table<string, string> by lower-case name
---@field header_list string[][] in order
---@field body string
---@field is_whole boolean false when the connection ended inside the body
---@field informational integer[] statuses of 1xx answers before it

-- Under TLS the plain object borrows the descriptor for a moment: were both to
-- hold it, both would close it, perhaps when it is another thread's already.
local function with_raw(self, use)
  if self.io == self.raw then
    return use(self.raw)
  end
  self.raw:setfd(self.io:getfd())
  local value = use(self.raw)
  self.raw:setfd(-1)
  return value
end

---@param url string origin, "http://host:port"
---@param timeout_s? number default 60
---@return spec.RawConnection? connection, string? err
function raw_http.connect(url, timeout_s)
  local host, port = url:match("^%w+://%[?([^%]/]-)%]?:(%d+)")
  local sock = host:find(":") and socket.tcp6() or socket.tcp4()
  sock:settimeout(timeout_s or TIMEOUT_S)
  local ok, problem = sock:connect(host, tonumber(port))
  if not ok then
    sock:close()
    return nil, problem
  end
  sock:setoption("tcp-nodelay", true)
  return setmetatable({ raw = sock, io = sock, host = host }, connection)
end

---Speak TLS from here on.
---@param ca_file string
---@return true? ok, string? err
function connection:handshake(ca_file)
  local secure = assert(require("ssl").wrap(self.raw, {
    mode = "client",
    protocol = "any",
    cafile = ca_file,
    verify = "peer",
  }))
  secure:settimeout(TIMEOUT_S)
  self.io = secure
  return secure:dohandshake()
end

---@param data string
---@return integer? sent, string? err
function connection:send(data)
  return self.io:send(data)
end

---Send a request. A body gets its Content-Length.
---@param method string
---@param target string
---@param body? string
---@param headers? string[] whole lines
function connection:request(method, target, body, headers)
  local lines = {
    ("%s %s HTTP/1.1"):format(method, target),
    "Host: " .. self.host,
  }
  for _, line in ipairs(headers or {}) do
    lines[#lines + 1] = line
  end
  if body then
    lines[#lines + 1] = "Content-Length: " .. #body
  end
  return self:send(table.concat(lines, "\r\n") .. "\r\n\r\n" .. (body or ""))
end

---@param count integer
---@return string data as far as it came
function connection:read(count)
  if count == 0 then
    return "" -- LuaSocket would wait for a byte
  end
  local data, _, partial = self.io:receive(count)
  return data or partial
end

---Everything up to the end of the connection.
---@return string
function connection:rest()
  local data, _, partial = self.io:receive("*a")
  return data or partial
end

---Read one head and leave its body.
---@return spec.RawAnswer? answer
function connection:head()
  local line = self.io:receive("*l")
  if not line then
    return nil
  end
  local version, status, reason = line:match("^HTTP/(%S+) (%d+) ?(.*)$")
  if not version then
    return nil
  end
  local answer = {
    version = version,
    status = tonumber(status),
    reason = reason,
    headers = {},
    header_list = {},
  }
  for field in function() return self.io:receive("*l") end do
    local name, value = field:match("^([^:]+):%s*(.*)$")
    if not name then
      break
    end
    answer.headers[name:lower()] = value
    table.insert(answer.header_list, { name, value })
  end
  return answer
end

local function read_chunks(self)
  local parts = {}
  while true do
    local line = self.io:receive("*l")
    local digits = line and line:match("^%x+$")
    local size = digits and #digits < 9 and tonumber(digits, 16)
    local data = size and size > 0 and self:read(size)
    parts[#parts + 1] = data or nil
    if not size or (data and #data < size) or self:read(2) ~= "\r\n" then
      return table.concat(parts), false
    elseif size == 0 then
      return table.concat(parts), true
    end
  end
end

---Read one answer, 1xx ones before it included.
---@return spec.RawAnswer? answer nil when none came
function connection:answer()
  local informational = {}
  local answer = self:head()
  while answer and answer.status < 200 do
    table.insert(informational, answer.status)
    answer = self:head()
  end
  if not answer then
    return nil
  end
  answer.informational = informational
  local length = tonumber(answer.headers["content-length"])
  if answer.status == 204 or answer.status == 304 then
    answer.body, answer.is_whole = "", true
  elseif answer.headers["transfer-encoding"] then
    answer.body, answer.is_whole = read_chunks(self)
  elseif length then
    answer.body = self:read(length)
    answer.is_whole = #answer.body == length
  else
    answer.body, answer.is_whole = self:rest(), true
  end
  return answer
end

---A request and its answer.
---@param method string
---@param target string
---@param body? string
---@param headers? string[]
---@return spec.RawAnswer? answer nil when none came
function connection:ask(method, target, body, headers)
  return self:request(method, target, body, headers) and self:answer()
end

---How the peer ended the connection, once all it sent was read.
---@param timeout_s? number default 60
---@return "reset"|"fin"|"open"|"data"
function connection:ending(timeout_s)
  -- LuaSocket says "closed" for both; the socket's pending error does not.
  return with_raw(self, function(raw)
    local readable = socket.select({ raw }, nil, timeout_s or TIMEOUT_S)
    if #readable == 0 then
      return "open"
    elseif raw:getoption("error") then
      return "reset"
    end
    raw:settimeout(0)
    return raw:receive(1) and "data" or "fin"
  end)
end

---Close with a FIN, or a reset.
---@param how? "reset"
function connection:close(how)
  if how == "reset" then
    with_raw(self, function(raw)
      raw:setoption("linger", { on = true, timeout = 0 })
    end)
  end
  self.io:close()
end

return raw_http
