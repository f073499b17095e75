-- enqueuing.lua: requests that are put into the journal for any worker to send.
-- They are kept as they will be sent: their callBackUrl stands at the end.

local asking = require "liangxin.journal.asking"
local core = require "liangxin.core"
local request_module = require "liangxin.request"
local settings = require "liangxin.journal.settings"
local usage = require "liangxin.usage"
local wish_module = require "liangxin.journal.wish"
local next = require("liangxin.walk").next
local pairs = require("liangxin.walk").pairs

local M = {}

local GROUP = 256 -- in one commit
local AT_ONCE = 1 -- ms: whatever the clocks say

local WHAT = "client.journal:enqueue"

-- Of a request in a list, or of all.
local OPTIONS = { due = { "number", 0, 1e11 } }
for _, name in ipairs { "key", "save", "batch", "priority", "price", "max_credits" } do
  OPTIONS[name] = settings.CREATE[name]
end

-- The options of one request: its own fields, then those of all.
local function options_of(client, request, common, what)
  local opts = {}
  for name in pairs(OPTIONS) do
    opts[name] = rawget(request, name)
    if opts[name] == nil then
      opts[name] = common[name]
    end
  end
  return settings.check_call(client, usage.check_options(opts, OPTIONS, what), what)
end

-- What is sent, without the options.
local function bare(request)
  local copy = {}
  for name, value in next, request do
    if not OPTIONS[name] then
      copy[name] = value
    end
  end
  return copy
end

-- The text that is kept.
local function body_of(request, what)
  local callback = request.callBackUrl
  local body = request_module.encode(request_module.with(request, "callBackUrl", nil))
  if type(body) ~= "string" then
    usage.raise("%s: pictures of this machine are not there for the workers: give their URLs", what)
  end
  return callback and ('%s,"callBackUrl":%s}'):format(body:sub(1, -2), (core.encode(callback))) or body
end

-- The question that puts it in; or nil, err.
local function question_of(client, request, common, what)
  local opts = options_of(client, request, common, what)
  request = bare(request)
  request_module.check(request)
  local wish, err = wish_module.of(client, request.model, opts)
  if not wish then
    return nil, err
  end
  wish.body = body_of(request, what)
  wish.due = opts.due and math.max(math.floor(opts.due * 1000), AT_ONCE) or AT_ONCE
  return { verb = "enqueue", wish = wish }
end

-- All are checked before the first is written.
local function questions_of(client, requests, common)
  local questions = {}
  for i = 1, #requests do
    local what = #requests > 1 and ("%s: request %d"):format(WHAT, i) or WHAT
    if type(requests[i]) ~= "table" then
      usage.raise("%s must be a table {model =, input =}, not %s", what, type(requests[i]))
    end
    local err
    questions[i], err = question_of(client, requests[i], common, what)
    if not questions[i] then
      return nil, err
    end
  end
  return questions
end

--- Put a request, or each of a list, in: {added =, known =}, how many are new, and
--- how many keys were there; or nil, err, whose `added` and `known` say how far it
--- came.
function M.enqueue(client, requests, opts)
  if type(requests) ~= "table" then
    usage.raise("%s: the first argument must be a request or a list of them, not %s", WHAT, type(requests))
  end
  local list = requests.model ~= nil and { requests } or requests
  local common = usage.check_options(opts, OPTIONS, WHAT)
  if common.key and #list ~= 1 then
    usage.raise("%s: a key names one request: give each of the list its own", WHAT)
  end
  local questions, failure = questions_of(client, list, common)
  if not questions then
    return nil, failure
  end
  local counts = { added = 0, known = 0 }
  for first = 1, #questions, GROUP do
    local last = math.min(first + GROUP - 1, #questions)
    local values, failures = asking.ask_all(client, { (table.unpack or unpack)(questions, first, last) })
    for i = 1, last - first + 1 do
      local name = values[i] and "added" or "known"
      counts[name] = counts[name] + (values[i] ~= nil and 1 or 0)
      failure = failure or failures[i]
    end
    if failure then
      failure.added, failure.known = counts.added, counts.known
      return nil, failure
    end
  end
  return counts
end

return M
