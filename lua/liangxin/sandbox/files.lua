-- Result files: /files/<task>-1.<ext>?token=... . Painted when first asked
-- for, kept in a bounded cache, served as a content network does: no key, an
-- ETag, ranges. Every function returns status, headers, body, or an order.

local answers = require("liangxin.sandbox.answers")
local record = require("liangxin.sandbox.record")
local tasks = require("liangxin.sandbox.tasks")

local files = {}

local CACHE_BYTES_MAX = 64 * 1024 * 1024
local REFERENCES_MAX = 4
local DEPTH_MAX = 4

-- Clips are small: GIF knows no better, and twelve frames must be painted.
local CLIP_SIDE = 480

local TYPES = { png = "image/png", jpeg = "image/jpeg", gif = "image/gif" }

local Files = {}
Files.__index = Files

function files.new(service)
  local self = setmetatable({ service = service }, Files)
  self:reset()
  return self
end

---Forgets what was painted.
function Files:reset()
  self.cache = {} -- bytes by task id
  self.names = {} -- task ids from `first`, the oldest, to `last`
  self.first, self.last = 1, 0
  self.bytes = 0
end

function Files:keep(id, bytes)
  if self.cache[id] or #bytes > CACHE_BYTES_MAX then
    return
  end
  self.last = self.last + 1
  self.names[self.last] = id
  self.cache[id] = bytes
  self.bytes = self.bytes + #bytes
  while self.bytes > CACHE_BYTES_MAX do
    local oldest = self.names[self.first]
    self.names[self.first] = nil
    self.first = self.first + 1
    self.bytes = self.bytes - #self.cache[oldest]
    self.cache[oldest] = nil
  end
end

-- A reference as an order: one of our own results is painted again from its
-- task, a data URI is decoded by the painter, and for anything else, which is
-- not fetched, a scene of its own stands in.
function Files:reference(url, depth)
  if url:sub(1, 5) == "data:" then
    return { prompt = "", model = "", data_uri = url }
  end
  local base = self.service.base_url .. "/files/"
  if url:sub(1, #base) == base then
    local id = url:sub(#base + 1):match("^([%w_]+)%-1%.")
    local task = id and self.service.tasks:find(id)
    if task then
      return self:order(task, depth)
    end
  end
  return { prompt = url:match("^[^?#]*"), model = "", seed = #url }
end

-- Sides of at most `most` pixels in the same proportion; even ones.
local function shrunk(width, height, most)
  local scale = most / math.max(width, height)
  if scale >= 1 then
    return width, height
  end
  return math.max(2, math.floor(width * scale / 2 + 0.5) * 2),
    math.max(2, math.floor(height * scale / 2 + 0.5) * 2)
end

---What the painter needs to know.
function Files:order(task, depth)
  local side = self.service.options.side
  local width, height = shrunk(
    task.width,
    task.height,
    task.format == "gif" and math.min(side, CLIP_SIDE) or side
  )
  local references = {}
  for i, url in ipairs(task.references) do
    if i > REFERENCES_MAX or depth >= DEPTH_MAX then
      break
    end
    references[i] = self:reference(url, depth + 1)
  end
  return {
    width = width,
    height = height,
    format = task.format,
    quality = task.quality,
    seed = task.seed,
    prompt = task.prompt,
    model = task.model,
    references = references,
  }
end

-- First and last byte of a single range, "bad" when none of it exists, nil
-- when the header is no single range and so is ignored.
local function parse_range(range, size)
  local first, last = range:match("^bytes=(%d*)%-(%d*)$")
  if not first or (first == "" and last == "") then
    return nil
  end
  if first == "" then
    local count = math.min(tonumber(last), size)
    return count > 0 and size - count or "bad", size - 1
  end
  first = tonumber(first)
  last = last == "" and size - 1 or math.min(tonumber(last), size - 1)
  if first >= size then
    return "bad"
  elseif first > last then
    return nil
  end
  return first, last
end

local function send(task, request, bytes)
  local etag = ('"%08x-%d"'):format(task.token, #bytes)
  local headers = {
    ["Content-Type"] = TYPES[task.format],
    ["ETag"] = etag,
    ["Accept-Ranges"] = "bytes",
    ["Cache-Control"] = "private, max-age=86400",
  }
  if request.headers["if-none-match"] == etag then
    return 304, headers, ""
  end
  local range = request.headers.range
  local condition = request.headers["if-range"]
  if not range or (condition and condition ~= etag) then
    return 200, headers, bytes
  end
  local first, last = parse_range(range, #bytes)
  if not first then
    return 200, headers, bytes
  elseif first == "bad" then
    headers["Content-Range"] = ("bytes */%d"):format(#bytes)
    return 416, headers, ""
  end
  headers["Content-Range"] = ("bytes %d-%d/%d"):format(first, last, #bytes)
  return 206, headers, bytes:sub(first + 1, last + 1)
end

-- The task whose finished result the request names, or the refusal.
function Files:find(request)
  local id, extension = request.path:match("^/files/([%w_]+)%-1%.(%a+)$")
  local task = id and self.service.tasks:find(id)
  if
    not task
    or task.extension ~= extension
    or tasks.state(task, self.service.host.now()) ~= "success"
  then
    return nil, 404, "Not Found"
  end
  local wanted = record.url(self.service.base_url, task):match("%?(.*)$")
  if request.query ~= wanted then
    return nil, 403, "Forbidden"
  elseif task.dead_link and task.link == 1 then
    task.is_link_tried = true
    return nil, task.dead_link, "Gone"
  end
  return task
end

---GET /files/...: an order first (a table), the answer when it is painted.
---@param painted string|boolean the picture, true before painting, false when
---it failed
function Files:answer(request, painted)
  local task, status, title = self:find(request)
  if painted == true then
    local received = self.service.received
    received:count("files")
    if request.headers.authorization then
      received:count("files_with_key")
    end
  end
  if not task then
    return answers.page(status, title)
  end
  local bytes = self.cache[task.id]
  if not bytes and painted == true then
    return self:order(task, 0)
  elseif painted == false then
    return answers.page(503, "Service Temporarily Unavailable")
  end
  bytes = bytes or painted
  self:keep(task.id, bytes)
  return send(task, request, bytes)
end

return files
