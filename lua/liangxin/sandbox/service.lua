-- The service: runs in the sandbox's own Lua state, as the
-- handler of its listener (csrc/listener/handler.h). Splits the request, checks
-- the key, finds the route, notes what was received. Blocks on nothing: painting is
-- left to the listener's worker (painter.lua).

local account = require("liangxin.sandbox.account")
local answers = require("liangxin.sandbox.answers")
local callbacks = require("liangxin.sandbox.callbacks")
local ends = require("liangxin.sandbox.ends")
local files = require("liangxin.sandbox.files")
local jobs = require("liangxin.sandbox.jobs")
local received = require("liangxin.sandbox.received")
local json = require("liangxin.sandbox.json")
local tasks = require("liangxin.sandbox.tasks")
local pairs = require("liangxin.walk").pairs

local service = {}

-- The routes that want the key, and those that do not.
local ROUTES = {
  ["POST /api/v1/jobs/createTask"] = jobs.create,
  ["GET /api/v1/jobs/recordInfo"] = jobs.query,
  ["GET /api/usage/token"] = account.usage,
  ["GET /api/usage/token/"] = account.usage,
  ["GET /v1/models"] = account.models,
}
local OPEN_ROUTES = {
  ["GET /api/pricing"] = account.pricing,
  ["GET /api/status"] = account.status,
}

-- Paths under these that are no route are answered 404; all others get the
-- dashboard, as new-api's single-page application does.
local API_FOLDERS = { "/api", "/v1", "/assets" }

local function decode_percent(text)
  local plain = text:gsub("+", " "):gsub("%%(%x%x)", function(digits)
    return string.char(tonumber(digits, 16))
  end)
  return plain
end

local function split_target(request)
  local path, query = request.target:match("^([^?]*)%??(.*)$")
  request.path, request.query = path, query
  request.arguments = {}
  for name, value in query:gmatch("([^&=]+)=?([^&]*)") do
    request.arguments[decode_percent(name)] = decode_percent(value)
  end
end

local function lower_names(headers)
  local lower = {}
  for name, value in pairs(headers) do
    lower[name:lower()] = value
  end
  return lower
end

local function is_under(path, folder)
  return path == folder or path:sub(1, #folder + 1) == folder .. "/"
end

-- new-api takes the key with and without its "sk-".
local function bare_key(key)
  return (key:gsub("^sk%-", ""))
end

local Service = {}
Service.__index = Service

function Service:has_key(request)
  local header = request.headers.authorization
  local key = header and header:match("^[Bb]earer%s+(%S+)%s*$")
  return key ~= nil and bare_key(key) == bare_key(self.options.api_key)
end

-- Like new-api's: the second, then letters of chance. A request that brings
-- an id keeps it, and it is not sent back.
function Service:request_id(wall)
  local second = math.floor(wall)
  if second ~= self.id_second then
    self.id_second = second
    self.id_head = os.date("!%Y%m%d%H%M%S", second)
  end
  self.id_count = self.id_count + 1
  return ("%s%06d%s%08d"):format(
    self.id_head,
    (wall - second) * 1e6 - (wall - second) * 1e6 % 1,
    "LX",
    self.id_count % 1e8
  )
end

function Service:route(request, painted)
  local path = request.path
  if path:sub(1, 7) == "/files/" then
    return self.files:answer(request, painted)
  end
  local open = OPEN_ROUTES[request.method .. " " .. path]
  if open then
    return open(self)
  end
  local handler = ROUTES[request.method .. " " .. path]
  if handler then
    if not self:has_key(request) then
      return answers.platform(401, "Invalid token", "", request.id)
    elseif request.too_large then
      return answers.platform(
        413,
        ("request body exceeds %d bytes: request body too large"):format(
          self.options.max_body
        ),
        "read_request_body_failed",
        request.id
      )
    end
    return handler(self, request)
  end
  for _, folder in ipairs(API_FOLDERS) do
    if is_under(path, folder) then
      return answers.no_route(request.method, path)
    end
  end
  return answers.dashboard()
end

---@param request table method, target, headers, body, too_large
---@param painted string|boolean true the first time, later the picture or
---false
function Service:handle(request, painted)
  if painted == true then
    split_target(request)
    request.headers = lower_names(request.headers)
    request.own_id = request.headers["x-oneapi-request-id"]
    request.id = request.own_id or self:request_id(self.host.wall())
  end
  local status, headers, body = self:route(request, painted)
  if type(status) == "table" then
    return json.encode(status) -- an order: we are called again with the picture
  end
  if not request.own_id then
    headers["X-Oneapi-Request-Id"] = request.id
  end
  self.received:record(request, status, self.host.now())
  return status, headers, body
end

-- As if it had just been started, but that ids do not come twice.
function Service:reset()
  self.received = received.new(self.host.now())
  self.ends = ends.new()
  self.refusals, self.refusal_count = {}, 0 -- turns, by fault word and prompt
  self.account:reset()
  self.tasks:reset()
  self.files:reset()
  self.callbacks:reset()
end

function Service:report()
  return json.encode({
    requests = self.received:list(),
    counters = self.received.counters,
  })
end

---What the listener calls.
---@param host table now(), wall() in seconds; wake() for callbacks
---@param config string the checked options as JSON
---@param port integer
function service.new(host, config, port)
  local options = json.decode(config)
  local self = setmetatable({
    host = host,
    options = options,
    base_url = ("http://127.0.0.1:%d"):format(port),
    account = account.new(options.prices, options.balance),
    tasks = tasks.new(options.seed, options.seconds, options.speed),
    rows = {}, -- of the catalogue, by model
    id_count = 0,
  }, Service)
  self.files = files.new(self)
  self.callbacks = callbacks.new(self)
  self:reset()
  return {
    handle = function(request, painted)
      return self:handle(request, painted)
    end,
    report = function()
      return self:report()
    end,
    counters = function()
      return json.encode(self.received.counters)
    end,
    reset = function()
      self:reset()
      return ""
    end,
    next_post = function()
      return self.callbacks:next()
    end,
    posted = function(id, status)
      self.callbacks:posted(id, status)
    end,
  }
end

return service
