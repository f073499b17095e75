-- request.lua: checks the request of create and generate and writes it as the body
-- of createTask. Knows the outer shape of the body; what is inside `input` is up
-- to the catalogue and the service.

local core = require "liangxin.core"
local errors = require "liangxin.errors"
local image = require "liangxin.image"
local redact = require "liangxin.redact"
local usage = require "liangxin.usage"
local next = require("liangxin.walk").next

local M = {}

local IMAGE_DEADLINE = 900 -- s
local VIDEO_DEADLINE = 1800

-- The fields of the body by their letters alone. Unknown fields pass, since the
-- service may add some; a known one in another spelling would be ignored there.
local FIELDS = { model = "model", input = "input", callbackurl = "callBackUrl" }
local EXACT = { model = true, input = true, callBackUrl = true }

local function check_names(request)
  for name in next, request do
    if not EXACT[name] then
      local known = type(name) == "string" and FIELDS[(name:lower():gsub("_", ""))]
      if type(name) ~= "string" then
        usage.raise("the request must have named fields: {model =, input =, callBackUrl =}")
      elseif known then
        usage.raise("the request has '%s'; the API spells it '%s'", name, known)
      end
    end
  end
end

local function check_callback(url, what)
  usage.check_text(url, what, 8192)
  if not url:find("^https?://[^/?#%s]") or url:find("%s") then
    usage.raise("%s must be an http or https URL without spaces", what)
  end
end

-- A field of the request's own; the encoder reads no others.
local function own_field(request, name)
  local value = rawget(request, name)
  if value == nil and request[name] ~= nil then
    usage.raise("request.%s comes through a metatable; only a table's own fields are sent", name)
  end
  return value
end

--- Raise unless `request` has the shape that the API documents.
function M.check(request)
  if type(request) ~= "table" then
    usage.raise("client:create: the request must be a table {model =, input =}, not %s", type(request))
  end
  check_names(request)
  M.check_fields(own_field(request, "model"), own_field(request, "input"), own_field(request, "callBackUrl"),
    "request.")
end

--- The same for its fields. `prefix` begins the name of a field in messages.
function M.check_fields(model, input, callback, prefix)
  usage.check_text(model, prefix .. "model", 256)
  if type(input) ~= "table" then
    usage.raise("%sinput must be a table, not %s", prefix, type(input))
  end
  local class = getmetatable(input)
  if class and (class == image.class or class == core.result_class) then
    usage.raise("%sinput must be a table of parameters, one of which may be the picture", prefix)
  end
  if callback ~= nil then
    check_callback(callback, prefix .. "callBackUrl")
  end
end

-- The parameters that change how long a model takes. Of several the lowest
-- number counts.
local CLASSES = { resolution = 1, quality = 2, image_size = 3, duration = 4 }

--- The name under which the core learns how long such a task takes.
function M.learning_key(model, input)
  local first, class
  for name, value in next, input do
    local number = CLASSES[name]
    if number and (not first or number < first) and (type(value) == "string" or type(value) == "number") then
      first, class = number, value
    end
  end
  return class and (("%s/%s"):format(model, class)):sub(1, 128) or model
end

local models -- the catalogue, loaded on first use

--- How long such a task is watched, by default, in seconds.
function M.default_deadline(model)
  models = models or require "liangxin.models"
  if model and models.is_video(model) then
    return VIDEO_DEADLINE
  end
  return IMAGE_DEADLINE
end

-- Whether the service, which is elsewhere, can call this URL.
local function is_public_https(url)
  local address = url:gsub("^(%a+://)[^/?#]*@", "%1")
  local scheme, host = core.parse_url(address)
  if scheme ~= "https" or core.is_private(host) then
    return false
  end
  return host:find("[.:]") ~= nil and not host:find("%.local$")
end

-- The problem with the request's callback, or nil. An API on this machine may use
-- a callback on this machine.
local function callback_problem(url, is_api_loopback)
  if url == nil or is_public_https(url) then
    return nil
  end
  local _, host = core.parse_url(url)
  if is_api_loopback and host and core.is_loopback(host) then
    return nil
  end
  local allowed = "a public https URL: the service calls it from outside"
  return {
    parameter = "callBackUrl",
    allowed = allowed,
    message = "callBackUrl must be " .. allowed,
    inferred = false,
  }
end

--- The catalogue's opinion of a request: true, or nil, err. `mode` is that of
--- models.validate.
function M.validate(request, mode, is_api_loopback)
  models = models or require "liangxin.models"
  local ok, problems = models.validate(request.model, request.input, mode)
  local problem = callback_problem(request.callBackUrl, is_api_loopback)
  if ok and not problem then
    return true
  end
  problems = problems or {}
  problems[#problems + 1] = problem
  local texts = {}
  for i = 1, #problems do
    texts[i] = problems[i].message
  end
  return nil, errors.new("invalid_request", table.concat(texts, "; "), {
    problems = problems,
    attempts = 0,
  })
end

--- `url` with `token` in its query.
function M.mark_callback(url, token)
  local address, fragment = url:match("^([^#]*)(.*)$")
  local separator = address:find("?", 1, true) and "&" or "?"
  return ("%s%sliangxin_token=%s%s"):format(address, separator, token, fragment)
end

--- A copy of the request with another value (or nil) of one field.
function M.with(request, field, value)
  local copy = {}
  for name, given in next, request do
    copy[name] = given
  end
  copy[field] = value
  return copy
end

--- The body of createTask: a text; or, with pictures in it, a list of texts and,
--- between them, pictures. With `names`, of the URLs of results, what a journal keeps
--- of it, too: see core.encode. What cannot be written as JSON is a programmer's
--- mistake.
function M.encode(request, names)
  local body, kept, path = core.encode(request, names)
  if not body then
    usage.raise("request%s: %s", path and path ~= "" and "." .. path or "", kept)
  end
  return body, kept
end

-- What stands in the JSON for a picture.
local function show_picture(picture, bytes)
  local label = redact.PICTURE .. image.label(picture, bytes)
  local text = core.encode(label) or core.encode((label:gsub("[\128-\255]", "?")))
  return text:sub(2, -2)
end

--- The text of a body as it is kept for reports, with its pictures by name.
--- `sizes`: of the pictures, nil where they are not known.
function M.shown(body, sizes)
  if type(body) == "string" then
    return body
  end
  local parts = {}
  for i, piece in ipairs(body) do
    parts[i] = type(piece) == "string" and piece or show_picture(piece, sizes and sizes[i / 2])
  end
  return table.concat(parts)
end

return M
