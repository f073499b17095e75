-- From a reply (what to say) and a rule (how to say it) to the bytes of an
-- answer: informational lines, the head, and the framed body piece by piece.
-- Every lie about lengths and chunks is told here; delivery is exchange.lua's.

local bytes = require("spec.support.fault.bytes")
local gzip = require("spec.support.fault.gzip")

local answer = {}

---@class fault.Wire
---@field lead string 1xx answers that go first
---@field head string
---@field next_piece fun(): string? the body as it goes over the wire
---@field ending false|"announced"|"silent"|"abrupt" how the connection ends

local PIECE_BYTES = 65536
local GZIP_MAX_BYTES = 16 * 1048576

local REASONS = {
  [100] = "Continue", [102] = "Processing", [103] = "Early Hints",
  [200] = "OK", [201] = "Created", [204] = "No Content",
  [206] = "Partial Content", [301] = "Moved Permanently", [302] = "Found",
  [303] = "See Other", [304] = "Not Modified", [307] = "Temporary Redirect",
  [308] = "Permanent Redirect", [400] = "Bad Request", [401] = "Unauthorized",
  [402] = "Payment Required", [403] = "Forbidden", [404] = "Not Found",
  [405] = "Method Not Allowed", [408] = "Request Timeout", [410] = "Gone",
  [413] = "Request Entity Too Large", [416] = "Range Not Satisfiable",
  [422] = "Unprocessable Entity", [425] = "Too Early",
  [429] = "Too Many Requests", [500] = "Internal Server Error",
  [502] = "Bad Gateway", [503] = "Service Temporarily Unavailable",
  [504] = "Gateway Time-out",
}

local BODYLESS = { [204] = true, [304] = true }

local function reason_of(status)
  return REASONS[status] or "Unknown"
end

---Whether the rule says itself what is answered, so that the service is only
---asked whether it accepts.
---@param rule table
---@return boolean
function answer.is_scripted(rule)
  return rule.body ~= nil or rule.body_size ~= nil or rule.raw ~= nil
    or rule.redirect ~= nil
    or (type(rule.gzip) == "table" and rule.gzip.bomb_bytes ~= nil)
    or BODYLESS[rule.status] or (rule.status ~= nil
    and (rule.status < 200 or rule.status > 299))
end

local function scripted_source(rule, status)
  if BODYLESS[status] then
    return bytes.text("")
  elseif rule.body_size then
    return bytes.filler(rule.body or "x", rule.body_size)
  elseif rule.body then
    return bytes.text(rule.body)
  elseif status >= 400 then
    local text = '{"code":%d,"msg":"scripted %d","data":null}'
    return bytes.text(text:format(status, status))
  end
  return bytes.text("")
end

-- "other" and the like mean the same target on that listener.
local function location(rule, request, origins)
  local origin = origins[rule.redirect]
  return origin and origin .. request.target or rule.redirect
end

---The reply that the rule itself describes.
---@param rule table
---@param request fault.Request
---@param origins table<string, string>
---@return fault.Reply
function answer.scripted(rule, request, origins)
  local status = rule.status or (rule.redirect and 302) or 200
  local headers = {}
  if rule.redirect then
    headers[1] = { "Location", location(rule, request, origins) }
  end
  return {
    status = status,
    headers = headers,
    content_type = "application/json",
    body = scripted_source(rule, status),
  }
end

local function encoded(source, how)
  if not how then
    return source
  elseif type(how) == "table" and how.bomb_bytes then
    return bytes.text(gzip.bomb(how.bomb_bytes))
  end
  assert(source.size <= GZIP_MAX_BYTES, "gzip packs bodies up to 16 MiB")
  local text = source.read(0, source.size)
  return bytes.text(gzip.stored(text, type(how) == "table" and how.bad_crc))
end

-- Later headers replace earlier ones of their name, unless the list itself
-- repeats a name: then both are sent. Value false takes a header away.
local function merge(headers, extra)
  local replaced, out = {}, {}
  for _, header in ipairs(extra or {}) do
    replaced[header[1]:lower()] = true
  end
  for _, header in ipairs(headers) do
    if not replaced[header[1]:lower()] then
      out[#out + 1] = header
    end
  end
  for _, header in ipairs(extra or {}) do
    if header[2] then
      out[#out + 1] = header
    end
  end
  return out
end

local function plain_pieces(source)
  local offset = 0
  return function()
    local piece = source.read(offset, PIECE_BYTES)
    offset = offset + #piece
    return #piece > 0 and piece or nil
  end
end

local function framed(piece, declared)
  return ("%x\r\n%s\r\n"):format(declared or #piece, piece)
end

-- What follows the first good chunk under each fault; the body then ends.
local BROKEN_CHUNK = {
  bad_size = function()
    return "zz\r\nnot a chunk\r\n"
  end,
  huge_size = function()
    return "ffffffffffffffffff\r\nfar too long\r\n"
  end,
  short = function(piece)
    return framed(piece, #piece + 10):sub(1, -3)
  end,
  no_crlf = function(piece)
    return framed(piece):sub(1, -3) .. "0\r\n\r\n"
  end,
  no_end = function()
    return nil
  end,
}

local function chunked_pieces(source, how)
  local size = how.size or PIECE_BYTES
  local offset, state = 0, "chunks"
  return function()
    if state == "over" then
      return nil
    end
    local piece = source.read(offset, size)
    if how.fault and offset > 0 then
      state = "over"
      return BROKEN_CHUNK[how.fault](#piece > 0 and piece or "more")
    elseif #piece == 0 then
      state = "over"
      return not how.fault and "0\r\n\r\n"
        or BROKEN_CHUNK[how.fault]("more")
    end
    offset = offset + #piece
    return framed(piece)
  end
end

-- false: kept open. `is_unread`: the request's body was not read to its end.
local function ending_of(rule, request, wire_size, is_unread)
  if rule.close_after ~= nil then
    return rule.close_after
  end
  local length = rule.content_length
  local chunk_fault = type(rule.chunked) == "table" and rule.chunked.fault
  local is_short = math.type(length) == "integer" and length > wire_size
  if chunk_fault or rule.raw or is_short then
    return "silent"
  elseif is_unread or (length == false and not rule.chunked)
    or rule.http_version == "1.0" or not request.is_persistent then
    return "announced"
  end
  return false
end

local function length_header(rule, status, size)
  if BODYLESS[status] and rule.content_length == nil then
    return nil
  elseif rule.chunked then
    return { "Transfer-Encoding", "chunked" }
  elseif rule.content_length == false then
    return nil
  end
  local length = rule.content_length or size
  return { "Content-Length", tostring(length) }
end

local function head_text(rule, reply, headers)
  local status = rule.status or reply.status
  local reason = rule.reason or reply.reason or reason_of(status)
  local version = rule.http_version or "1.1"
  local lines = { ("HTTP/%s %d %s"):format(version, status, reason) }
  for _, header in ipairs(headers) do
    lines[#lines + 1] = ("%s: %s"):format(header[1], header[2])
  end
  return table.concat(lines, "\r\n") .. "\r\n\r\n"
end

local function lead_text(rule)
  local out = {}
  for i, status in ipairs(rule.informational or {}) do
    out[i] = ("HTTP/1.1 %d %s\r\n\r\n"):format(status, reason_of(status))
  end
  return table.concat(out)
end

local function content_headers(rule, reply, size)
  local headers = {}
  local content_type = rule.content_type
  if content_type == nil then
    content_type = reply.content_type
  end
  if content_type and not BODYLESS[reply.status] then
    headers[#headers + 1] = { "Content-Type", content_type }
  end
  if rule.gzip then
    headers[#headers + 1] = { "Content-Encoding", "gzip" }
  end
  headers[#headers + 1] = length_header(rule, reply.status, size)
  return headers
end

---@param reply fault.Reply
---@param rule table
---@param request fault.Request
---@param is_unread boolean the request's body was not read to its end
---@return fault.Wire
function answer.wire(reply, rule, request, is_unread)
  local source = encoded(reply.body, rule.gzip)
  local ending = ending_of(rule, request, source.size, is_unread)
  if rule.raw then
    return { lead = lead_text(rule), head = rule.raw, ending = ending,
      next_piece = function() end }
  end
  local headers = merge(content_headers(rule, reply, source.size),
    reply.headers)
  if ending == "announced" then
    headers[#headers + 1] = { "Connection", "close" }
  end
  local pieces
  if request.method == "HEAD" then
    pieces = function() end
  elseif rule.chunked then
    local how = rule.chunked == true and {} or rule.chunked
    pieces = chunked_pieces(source, how)
  else
    pieces = plain_pieces(source)
  end
  return {
    lead = lead_text(rule),
    head = head_text(rule, reply, merge(headers, rule.headers)),
    next_piece = pieces,
    ending = ending,
  }
end

return answer
