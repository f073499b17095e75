-- Result files: bytes of any size made on the fly, with ETag, Last-Modified,
-- Range and If-Range (RFC 9110, 13 and 14; one range at a time, as a server
-- may). Turns a request into a reply; knows no sockets.

local bytes = require("spec.support.fault.bytes")
local http = require("spec.support.fault.http")

local files = {}

local DEFAULTS = {
  size = 4096,
  content_type = "image/png",
  last_modified = "Fri, 01 May 2026 06:35:00 GMT",
  ranges = true,
}

-- What the spec set for this file, else for all files, else the default.
local function settings_of(name, per_file, common)
  local own = per_file[name] or {}
  local out = {}
  for _, place in ipairs({ DEFAULTS, common or {}, own }) do
    for key, value in pairs(place) do
      out[key] = value
    end
  end
  out.seed = out.seed or name
  out.magic = out.magic or bytes.magic_for(out.content_type)
  if out.etag == nil then
    -- A changed seed or size is a changed file.
    out.etag = ('"%s-%d"'):format(out.seed, out.size)
  end
  return out
end

-- First and last byte asked for; nil to send all; false when out of reach.
local function range_of(request, file)
  local first, last =
    (http.header(request, "range") or ""):match("^bytes=(%d*)%-(%d*)$")
  if not first or (first == "" and last == "") then
    return nil
  end
  local condition = http.header(request, "if-range")
  if condition then
    local is_same = condition == file.etag or condition == file.last_modified
    -- A weak tag never matches (RFC 9110, 13.1.5).
    if not is_same or condition:sub(1, 2) == "W/" then
      return nil
    end
  end
  if first == "" then
    first = math.max(0, file.size - tonumber(last))
    last = file.size - 1
  else
    first = tonumber(first)
    last = math.min(tonumber(last) or file.size, file.size - 1)
  end
  if first > last then
    return false
  end
  return first, last
end

local function common_headers(file)
  local headers = {}
  if file.etag then
    headers[#headers + 1] = { "ETag", file.etag }
  end
  if file.last_modified then
    headers[#headers + 1] = { "Last-Modified", file.last_modified }
  end
  if file.ranges then
    headers[#headers + 1] = { "Accept-Ranges", "bytes" }
  end
  return headers
end

---@param request fault.Request
---@param per_file table<string, table> settings by file name
---@param common table? settings of all files
---@return fault.Reply
function files.reply(request, per_file, common)
  local name = request.path:match("/files/(.*)$")
  local file = settings_of(name, per_file, common)
  local source = bytes.file(file.seed, file.size, file.magic)
  local reply = {
    status = 200,
    headers = common_headers(file),
    content_type = file.content_type,
    body = source,
  }
  if request.method ~= "GET" and request.method ~= "HEAD" then
    reply.status, reply.body = 405, bytes.text("")
    return reply
  end
  local first, last = nil, nil
  if file.ranges then
    first, last = range_of(request, file)
  end
  if first == false then
    reply.status, reply.body = 416, bytes.text("")
    local value = ("bytes */%d"):format(file.size)
    table.insert(reply.headers, { "Content-Range", value })
  elseif first then
    reply.status = 206
    reply.body = bytes.part(source, first, last - first + 1)
    local value = ("bytes %d-%d/%d"):format(first, last, file.size)
    table.insert(reply.headers, { "Content-Range", value })
  end
  return reply
end

return files
