-- Reads HTTP/1.x requests from a stream. Keeps what came as it came: header
-- order and case, raw body. Decides nothing about answers.

---@class fault.Request
---@field method string
---@field target string as sent
---@field path string without query
---@field query string
---@field version string "1.0" or "1.1"
---@field headers string[][] name and value, in order, as sent
---@field body_bytes integer read so far, after chunked decoding
---@field body_complete boolean
local http = {}

local HEAD_MAX_BYTES = 65536
-- Beyond this a body is counted but not kept.
local BODY_KEPT_MAX_BYTES = 16 * 1048576

---@param request fault.Request
---@param name string lower case
---@return string? value of the first such header
function http.header(request, name)
  for _, header in ipairs(request.headers) do
    if header[1]:lower() == name then
      return header[2]
    end
  end
  return nil
end

local function parse_head(head)
  local line, rest = head:match("^([^\r\n]*)\r?\n(.*)$")
  local method, target, version =
    (line or ""):match("^(%S+) (%S+) HTTP/(1%.[01])$")
  if not method then
    return nil, "not an HTTP/1.x request line"
  end
  local headers = {}
  for field in rest:gmatch("[^\r\n]+") do
    local name, value = field:match("^([^:%s]+):[ \t]*(.-)[ \t]*$")
    if not name then
      return nil, "not a header: " .. field
    end
    headers[#headers + 1] = { name, value }
  end
  local path, query = target:match("^([^?]*)%??(.*)$")
  return {
    method = method,
    target = target,
    path = path,
    query = query,
    version = version,
    headers = headers,
    body_parts = {},
    body_bytes = 0,
    body_complete = false,
  }
end

---Read one head.
---@param stream fault.Stream
---@return fault.Request? request, string? err
function http.read_head(stream)
  while true do
    local _, last = stream.buffer:find("\r\n\r\n", 1, true)
    if last then
      local head = stream.buffer:sub(1, last)
      stream.buffer = stream.buffer:sub(last + 1)
      return parse_head(head)
    elseif #stream.buffer > HEAD_MAX_BYTES then
      return nil, "the head is over " .. HEAD_MAX_BYTES .. " bytes"
    end
    stream:fill()
  end
end

local function keep(request, data)
  local kept = request.body_kept_bytes or 0
  if kept < BODY_KEPT_MAX_BYTES then
    request.body_parts[#request.body_parts + 1] = data
    request.body_kept_bytes = kept + #data
  end
  request.body_bytes = request.body_bytes + #data
end

-- Moves up to `count` bytes from the stream into the body.
local function take(stream, request, count)
  if #stream.buffer == 0 then
    stream:fill()
  end
  local data = stream.buffer:sub(1, count)
  stream.buffer = stream.buffer:sub(#data + 1)
  keep(request, data)
  return #data
end

local function read_line(stream)
  while true do
    local line, last = stream.buffer:match("^(.-)\r\n()")
    if line then
      stream.buffer = stream.buffer:sub(last)
      return line
    end
    stream:fill()
  end
end

-- Reads chunks until the body is complete or holds `up_to` bytes.
local function read_chunked(stream, request, up_to)
  while request.body_bytes < up_to do
    if not request.chunk_left then
      local line = read_line(stream)
      local digits = line:match("^%x+")
      local size = digits and tonumber(digits, 16)
      if not size then
        return "bad chunk size: " .. line
      end
      request.chunk_left = size
      if size == 0 then
        repeat
          line = read_line(stream)
        until line == ""
        request.body_complete = true
        return nil
      end
    end
    local want = math.min(request.chunk_left, up_to - request.body_bytes)
    request.chunk_left = request.chunk_left - take(stream, request, want)
    if request.chunk_left == 0 then
      read_line(stream)
      request.chunk_left = nil
    end
  end
  return nil
end

---Read the body, or what is left of it.
---@param stream fault.Stream
---@param request fault.Request
---@param up_to number? stop when this many bytes of it have been read
---@return string? problem
function http.read_body(stream, request, up_to)
  up_to = up_to or math.huge
  local coding = http.header(request, "transfer-encoding")
  if coding and coding:lower():find("chunked", 1, true) then
    return read_chunked(stream, request, up_to)
  end
  local length = http.header(request, "content-length") or "0"
  local size = length:match("^%d+$") and tonumber(length)
  if not size then
    return "bad Content-Length: " .. length
  end
  while request.body_bytes < math.min(size, up_to) do
    take(stream, request, math.min(size, up_to) - request.body_bytes)
  end
  request.body_complete = request.body_bytes >= size
  return nil
end

---The body as far as it was read and kept.
---@param request fault.Request
---@return string
function http.body(request)
  return table.concat(request.body_parts)
end

return http
