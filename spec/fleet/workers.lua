-- The workers of the storm, each in its place: started, killed, stopped, and
-- started again. Half of them have a network that can be cut, two a clock that is
-- an hour off.

local child = require("spec.support.child")
local new_proxy = require("spec.fleet.proxy")
local socket = require("socket")

local HOUR = 3600

-- A worker that inherited the storm's sockets would hold connections open that the
-- storm has cut.
local ALONE = "for fd in /proc/$$/fd/*; do fd=${fd##*/}; [ $fd -le 2 ] || eval \"exec $fd>&-\"; done; exec env \"$@\""

local M = {}
M.__index = M

local function output_of(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("*a")
  pipe:close()
  return (text:gsub("%s+$", ""))
end

local function quote(text)
  return "'" .. tostring(text):gsub("'", "'\\''") .. "'"
end

--- `options`: count, concurrency, folder, base_url, url (of the journal), port (of
--- its server), clock (a library to preload, clock_preload.c).
function M.new(options)
  local self = setmetatable({ options = options, places = {}, proxies = {}, started = 0,
    over = options.folder .. "/over", off_pids = {}, deaths = {}, given_up = 0, failures = {} }, M)
  self.clocks = { [options.count - 1] = HOUR, [options.count] = -HOUR }
  for place = 2, options.count, 2 do
    self.proxies[place] = new_proxy(options.port)
  end
  return self
end

-- Variables for the worker of a place.
local function environment_of(self, place)
  local words = { "LUA_PATH=" .. package.path, "LUA_CPATH=" .. package.cpath }
  if self.clocks[place] then
    words[#words + 1] = "LD_PRELOAD=" .. self.options.clock
    words[#words + 1] = ("CLOCK_OFF=%d"):format(self.clocks[place])
  end
  return words
end

--- Start one in that place.
function M:start(place)
  local options, proxy = self.options, self.proxies[place]
  self.started = self.started + 1
  local out = ("%s/worker%d"):format(options.folder, self.started)
  local url = proxy and options.url:gsub(":%d+/", ":" .. proxy.port .. "/") or options.url
  local words = environment_of(self, place)
  for _, word in ipairs({ child.interpreter(), "spec/fleet/worker.lua", options.base_url, url, options.concurrency,
    self.over }) do
    words[#words + 1] = word
  end
  for i, word in ipairs(words) do
    words[i] = quote(word)
  end
  local pid = output_of(("bash -c '%s' worker %s >%s 2>&1 & echo $!"):format(ALONE, table.concat(words, " "), out))
  self.places[place] = { pid = tonumber(pid), out = out }
  if self.clocks[place] then
    self.off_pids[#self.off_pids + 1] = pid
  end
end

function M:start_all()
  os.remove(self.over)
  for place = 1, self.options.count do
    self:start(place)
  end
end

local function said(worker)
  local file = io.open(worker.out)
  local text = file and file:read("*a") or ""
  if file then
    file:close()
  end
  return text
end

--- The ports at which workers listen.
function M:ports()
  local ports = {}
  for _, worker in pairs(self.places) do
    worker.port = worker.port or tonumber(said(worker):match("port\t(%d+)"))
    ports[#ports + 1] = worker.port
  end
  return ports
end

local function signal(worker, name)
  os.execute(("kill -%s %d 2>/dev/null"):format(name, worker.pid))
end

-- What one that is gone has said of itself.
local function note(self, worker)
  local text = said(worker)
  for line in text:gmatch("[^\n]+") do
    if line:find("^gave up") then
      self.given_up = self.given_up + 1
    elseif not line:find("^port\t") and not line:find("^end\t") then
      self.failures[#self.failures + 1] = line
    end
  end
  return text:find("\nend\t", 1, true) ~= nil
end

--- Kill the one in that place: its successor is there at once.
function M:kill(place)
  local worker = self.places[place]
  signal(worker, "KILL")
  self.deaths[#self.deaths + 1] = { pid = worker.pid, since = socket.gettime(), to = math.huge }
  note(self, worker)
  self:start(place)
end

--- Stop it, as a laptop's lid or a virtual machine's host does.
function M:stop(place)
  local worker = self.places[place]
  signal(worker, "STOP")
  local stop = { pid = worker.pid, since = socket.gettime(), to = math.huge, is_stop = true }
  self.deaths[#self.deaths + 1] = stop
  return function()
    signal(worker, "CONT")
    stop.to = socket.gettime()
  end
end

--- Tell all that run now that it is over.
function M:end_all()
  assert(io.open(self.over, "w")):close()
end

--- Whether all have ended by themselves.
function M:have_ended()
  for _, worker in pairs(self.places) do
    worker.has_ended = worker.has_ended or said(worker):find("\nend\t", 1, true) ~= nil
    if not worker.has_ended then
      return false
    end
  end
  return true
end

--- The end: those that have not ended are killed. How many.
function M:finish()
  local stuck = 0
  for _, worker in pairs(self.places) do
    if not note(self, worker) then
      signal(worker, "KILL")
      stuck = stuck + 1
    end
  end
  return stuck
end

return M
