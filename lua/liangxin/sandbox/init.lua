-- The sandbox: the LiangXin Market service on loopback, for demos, tests and
-- offline work. This file is the caller's side; the service itself runs on
-- threads of its own with a Lua state of its own, starting at
-- liangxin/sandbox/service.lua, so it answers while the caller blocks.

local json = require("liangxin.sandbox.json")
local listener = require("liangxin.native").load("liangxin.listener")
local options = require("liangxin.sandbox.options")

local sandbox = {}

---@class liangxin.sandbox.Options
---@field port? integer 0, the default, takes a free port
---@field api_key? string the key that is accepted; default "sk-sandbox"
---@field seconds? number|table<string, number> default {image = 2, video = 5}
---@field speed? number 10 makes every task ten times as fast
---@field fault? string a word of liangxin.sandbox.faults, for everything
---@field seed? integer where seeds that a request leaves out come from
---@field unknown_task? integer HTTP status for an unknown taskId: 200 or 404
---@field max_body? integer bytes; a larger request is answered 413
---@field models? "known"|"any" "any" accepts what the catalogue does not know
---@field prices? number|table<string, number> credits of a task, for all models
---or by model; default 8.5, videos 120
---@field balance? number credits; creates beyond it are answered 403. Default:
---no limit
---@field side? integer pixels of the longer side of painted results; default
---8192, from speed 100 on 64
---@field ordered? boolean tasks are seen to end in the order of their ends,
---whoever is asked about first; default from speed 100 on

---@class liangxin.sandbox.Request
---@field method string
---@field path string without the query
---@field query string after the "?", undecoded; "" without
---@field headers table<string, string> names in lower case
---@field body string its first 32 KiB
---@field body_bytes integer
---@field status integer what was answered
---@field time number seconds since the sandbox started

---@class liangxin.sandbox.Counters
---@field requests integer all requests
---@field creates integer createTask requests, refused ones included
---@field billed integer tasks made: each would have cost money
---@field queries integer recordInfo requests
---@field files integer requests for result files
---@field files_with_key integer those that carried an Authorization header
---@field callbacks_sent integer callbacks answered with 2xx
---@field callbacks_failed integer callbacks given up after all attempts
---@field callbacks_skipped integer callBackUrls out of the sandbox's reach

---@class liangxin.sandbox.Sandbox
---@field base_url string
---@field api_key string
---@field options liangxin.Options what to give to liangxin.new: address, key,
---and a cadence and retries that fit the speed
---@field requests fun(): liangxin.sandbox.Request[], liangxin.sandbox.Counters
---the newest 2,000 requests, oldest first, and the counters of all
---@field counters fun(): liangxin.sandbox.Counters
---@field reset fun() forgets tasks, files, requests, counters and what was
---spent, so that the next test finds a sandbox as it was started
---@field stop fun()

local methods = { __name = "liangxin.sandbox" }
methods.__index = methods

function methods.__tostring(self)
  return "liangxin.sandbox at " .. self.base_url
end

function methods.__close(self)
  self.stop()
end

-- What was received before stop() can still be read after it.
local function add_functions(self, server)
  local last = { requests = {}, counters = {} }

  function self.requests()
    local report = server:call("report")
    if report then
      last = json.decode(report)
    end
    return last.requests, last.counters
  end

  function self.counters()
    local counters = server:call("counters")
    return counters and json.decode(counters) or last.counters
  end

  function self.reset()
    server:call("reset")
  end

  local is_stopped = false
  function self.stop()
    if not is_stopped then
      is_stopped = true
      self.requests()
      server:stop()
    end
  end
end

---Starts a sandbox; it runs until `stop()` or until the returned table is
---collected. A wrong option raises.
---@param given? liangxin.sandbox.Options
---@return liangxin.sandbox.Sandbox? sandbox
---@return string? err when the port is taken or nothing can be started
function sandbox.start(given)
  local checked = options.check(given, 2)
  local server, err = listener.start({
    port = checked.port,
    max_body = checked.max_body,
    handler = "liangxin.sandbox.service",
    worker = "liangxin.sandbox.painter",
    path = package.path,
    cpath = package.cpath,
    config = json.encode(checked),
  })
  if not server then
    return nil, err
  end

  local base_url = ("http://127.0.0.1:%d"):format(server:port())
  local self = setmetatable({
    base_url = base_url,
    api_key = checked.api_key,
    options = options.for_client(base_url, checked),
  }, methods)
  add_functions(self, server)
  return self
end

return sandbox
