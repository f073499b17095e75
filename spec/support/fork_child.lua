-- A process that forks in mid-flight, LuaJIT only:
--
--   luajit spec/support/fork_child.lua BASE_URL CA_FILE WAY
--
-- The fork says "call: kind" for every call of the API, then leaves in one of
-- the WAYS; the process itself then says how its own work went on.

local ffi = require("ffi")
local liangxin = require("liangxin")

ffi.cdef([[
  int fork(void);
  int waitpid(int pid, int *status, int options);
]])

local base_url, ca_file, way = ...
local REQUEST = { model = "z-image", input = { prompt = "a kite" } }

local function new()
  return liangxin.new({
    base_url = base_url, api_key = "sk-fork", ca_file = ca_file,
    poll = { first = 0.005, factor = 1, max = 0.005, jitter = 0 },
  })
end

local function say(name, text)
  io.write(name, ": ", tostring(text), "\n")
  io.flush()
end

local client = new()
local path = os.tmpname()
os.remove(path)
local done = assert(client:generate(REQUEST.model, REQUEST.input))
local task = assert(client:create({ model = "slow", input = {} }))
local job = client:spawn(function()
  return task:wait()
end)
local bytes = 0
local download = client:spawn(client.download, client, base_url .. "/files/slow.png", path, {
  on_progress = function(count)
    bytes = count
  end,
})
local untouched = new()
repeat
  client:poll(0.05)
until bytes > 0 and client:stats().queries > 5

-- name = function that waits or works
local CALLS = {
  create = function() return client:create(REQUEST) end,
  generate = function() return client:generate("m", {}) end,
  query = function() return client:query(task.id) end,
  task = function() return client:task("t") end,
  download = function() return client:download(done.urls[1], path .. "x") end,
  notify = function() return client:notify('{"taskId":"t"}') end,
  spawn = function() return client:spawn(print, "a job began in the fork") end,
  run = function() return client:run(print, "a job began in the fork") end,
  map = function() return client:map({ 1 }, print) end,
  wait_all = function() return client:wait_all({ task }) end,
  wait_any = function()
    local _, value, err = client:wait_any({ task })
    return value, err
  end,
  sleep = function() return client:sleep(0.01) end,
  step = function() return client:step() end,
  poll = function() return client:poll(0.01) end,
  fd = function() return client:fd() end,
  dirty = function() return nil, client:dirty() == false and { kind = "forked" } end,
  timeout = function() return nil, client:timeout() == nil and { kind = "forked" } end,
  pending = function() return client:pending() end,
  stats = function() return client:stats() end,
  ["task:wait"] = function() return task:wait() end,
  ["task:cancel"] = function() return task:cancel() end,
  ["job:wait"] = function() return job:wait() end,
  ["result:save"] = function() return done:save(path .. "y") end,
  ["result:fetch"] = function() return done:fetch() end,
  untouched = function() return untouched:create(REQUEST) end,
}

local function be_the_fork()
  local names = {}
  for name in pairs(CALLS) do
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local _, err = CALLS[name]()
    say(name, err and err.kind)
  end
  if way == "closes" then
    say("close", client:close())
    say("closed", (pcall(client.step, client)))
    untouched:close()
  elseif way == "works on its own" then
    local own = new()
    say("own", assert(own:generate(REQUEST.model, REQUEST.input)).model)
    own:close()
  elseif way == "collects" then
    client, untouched, task, job, done, download = nil, nil, nil, nil, nil, nil -- luacheck: ignore
    CALLS = nil
    collectgarbage()
    collectgarbage()
  end
  os.exit(0, way ~= "exits at once")
end

local pid = ffi.C.fork()
if pid == 0 then
  be_the_fork()
end
local status = ffi.new("int[1]")
ffi.C.waitpid(pid, status, 0)
say("fork ended", status[0])
say("parent task", assert(job:wait(20)).model)
say("parent download", assert(download:wait(20)).bytes)
say("parent create", assert(untouched:generate(REQUEST.model, REQUEST.input)).model)
say("parent close", client:close())
os.remove(path)
