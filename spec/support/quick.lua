-- Clients with waits so short that specs against the fault server are quick,
-- and short ways to say what that server saw. Closes what it opened.

local liangxin = require("liangxin")

local quick = {}

local clients = {}

local OPTIONS = {
  api_key = "quick-test-key",
  deadline = 20,
  retry = { attempts = 5, base = 0.02, max = 0.2 },
  poll = { first = 0.02, factor = 1, max = 0.02, jitter = 0 },
}

---A client of `fault`.
---@param fault fault.Server
---@param options? liangxin.Options what is to be different
---@return liangxin.Client
function quick.client(fault, options)
  local all = { base_url = fault.base_url }
  for _, source in ipairs({ OPTIONS, options or {} }) do
    for name, value in pairs(source) do
      all[name] = value
    end
  end
  local client = liangxin.new(all)
  clients[#clients + 1] = client
  return client
end

---Close every client that `client` made.
function quick.close()
  for i = #clients, 1, -1 do
    clients[i]:close()
    clients[i] = nil
  end
end

---The money: what was sent and what it costs.
---@param fault fault.Server
---@return {creates:integer, queries:integer, billed:integer}
function quick.counts(fault)
  local stats = fault:stats()
  return { creates = stats.creates, queries = stats.queries, billed = stats.billed }
end

---Seconds from each request's arrival to the next one's.
---@param requests table[]
---@return number[]
function quick.gaps(requests)
  local gaps = {}
  for i = 2, #requests do
    gaps[i - 1] = requests[i].began - requests[i - 1].began
  end
  return gaps
end

---Everything an error shows to people, as one text.
---@param err liangxin.Error
---@return string
function quick.shown(err)
  local parts = { tostring(err), err:report() }
  for name, value in pairs(err) do
    parts[#parts + 1] = tostring(name) .. "=" .. tostring(value)
  end
  return table.concat(parts, "\n")
end

return quick
