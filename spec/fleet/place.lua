-- Where a storm takes place: a PostgreSQL server, the sandbox as the service, the
-- way of its callbacks, and workers.

local callbacks = require("spec.fleet.callbacks")
local folders = require("spec.support.folder")
local liangxin = require("liangxin")
local loop = require("spec.fleet.loop")
local postgres = require("spec.support.postgres")
local sandbox_module = require("liangxin.sandbox")
local socket = require("socket")
local workers_module = require("spec.fleet.workers")

local BATCH = 500 -- requests in one call

local M = {}
M.__index = M

--- `options`: workers, concurrency, clock (a library, see workers), saves (whether
--- files are saved).
function M.new(options)
  local server, missing = postgres.start()
  if not server then
    error(missing, 0)
  end
  server.sleep = loop.sleep
  local self = setmetatable({ server = server, folder = folders.new(), saves = options.saves, outages = {} }, M)
  self.url, self.database = server:fresh()
  self.sandbox = assert(sandbox_module.start({ speed = 8, seconds = 20, side = 16, prices = 1,
    api_key = "fleet-key" }))
  self.workers = workers_module.new({ count = options.workers, concurrency = options.concurrency,
    folder = self.folder, base_url = self.sandbox.base_url, url = self.url, port = server.port, clock = options.clock })
  self.hub = callbacks.new(function()
    return self.workers:ports()
  end)
  function self.sql(statement)
    return server:sql(self.database, statement)
  end
  return self
end

--- A client of the same account and journal.
function M:client()
  return liangxin.new({ base_url = self.sandbox.base_url, api_key = self.sandbox.api_key, journal = self.url })
end

--- Tasks that the service has made: each is billed.
function M:billed()
  return self.sandbox.counters().billed
end

--- Put `count` requests in, under a ceiling of `ceiling` tasks; `lost`: the share of
--- those whose create gets no answer. How many were put in, and the refusal.
function M:enqueue(count, ceiling, lost)
  local client = self:client()
  local added, err = 0, nil
  for first = 1, count, BATCH do
    local requests = {}
    for i = first, math.min(first + BATCH - 1, count) do
      local key = "k" .. i
      local tag = math.random() < lost and " [lost]" or ""
      requests[#requests + 1] = { model = "z-image", input = { prompt = "number " .. i .. tag }, key = key,
        save = self.saves and self.folder .. "/pictures/" or nil, callBackUrl = self.hub:url(key) }
    end
    local counts
    counts, err = client.journal:enqueue(requests, { batch = "storm", price = 1, max_credits = ceiling })
    added = added + (counts or err).added
  end
  client:close()
  return added, err
end

--- Kill the server, and have it or what takes its place answer again.
function M:interrupt(and_then)
  local outage = { from = socket.gettime(), to = math.huge }
  self.outages[#self.outages + 1] = outage
  and_then(self.server)
  outage.to = socket.gettime()
end

--- Tell the workers that it is over: whether all have ended within `seconds`.
function M:end_workers(seconds)
  self.workers:end_all()
  return loop.run(function()
    return self.workers:have_ended()
  end, seconds)
end

function M:remove()
  self.sandbox.stop()
  self.hub:stop()
  self.server:stop()
  folders.remove(self.folder)
end

return M
