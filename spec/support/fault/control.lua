-- The control connection: one JSON object a line, {op = ..., ...}, answered by
-- one line, {ok = true, value = ...} or {ok = false, error = ...}. The first
-- control connection owns the server: when it closes, the server ends.

local socket = require("socket")
local loop_of = require("spec.support.fault.loop")
local json = require("spec.support.fault.json")
local log_of = require("spec.support.fault.log")
local script_of = require("spec.support.fault.script")
local exchange = require("spec.support.fault.exchange")
local stream_of = require("spec.support.fault.stream")

local control = {}

local LINE_MAX_BYTES = 64 * 1048576
-- How often a waiting `await` looks. What it waits for happens in this very
-- process, so this bounds its lag, not what it can miss.
local AWAIT_LOOK_S = 0.002
local COUNTERS = log_of.counter_names()

local function list_or_nil(list)
  -- lua-cjson writes an empty table as an object; nil is an empty list here.
  return #list > 0 and list or nil
end

local OPS = {}

function OPS.rule(world, command)
  return world.script:add(command.rule or {})
end

function OPS.rules(world)
  return list_or_nil(world.script:report())
end

function OPS.clear_rules(world)
  world.script = script_of.new()
  return true
end

function OPS.service(world, command)
  local ok, problem = script_of.check_service(command.settings)
  if ok then
    for name, value in pairs(command.settings) do
      world.service.settings[name] = value
    end
  end
  return ok, problem
end

function OPS.task(world, command)
  local ok, problem = script_of.check_task(command.script)
  if ok then
    world.service.scripts[command.task] = command.script
  end
  return ok, problem
end

-- A task that exists without having been created by a request.
function OPS.make_task(world, command)
  local ok, problem = script_of.check_task(command.script or {})
  if not ok then
    return nil, problem
  end
  local param = command.param or '{"model":"z-image","input":{}}'
  return world.service:make_task(command.task, param, command.script)
end

function OPS.file(world, command)
  local ok, problem = script_of.check_file(command.settings)
  if ok then
    world.service.file_settings[command.name] = command.settings
  end
  return ok, problem
end

function OPS.requests(world)
  for self in pairs(world.conversations) do
    -- Of one still being read, how far it got.
    if self.request then
      self.record.body_bytes = self.request.body_bytes
    end
  end
  return list_or_nil(world.log.requests)
end

function OPS.connections(world)
  return list_or_nil(world.log.connections)
end

function OPS.stats(world)
  collectgarbage()
  local stats = { lua_kb = math.ceil(collectgarbage("count")) }
  for name, value in pairs(world.log.counts) do
    stats[name] = value
  end
  return stats
end

-- Wait until a counter is large, or small, enough.
function OPS.await(world, command)
  local name = command.counter
  if not COUNTERS[name] then
    return nil, "no counter is called " .. tostring(name)
  end
  local deadline = socket.gettime() + command.timeout_s
  while true do
    local value = world.log.counts[name]
    local reached = value >= (command.at_least or 0)
      and value <= (command.at_most or math.huge)
    local now = socket.gettime()
    if reached or now >= deadline then
      return { reached = reached, value = value }
    end
    loop_of.wait({ deadline = now + AWAIT_LOOK_S })
  end
end

function OPS.release(world)
  return world.loop:release()
end

function OPS.drop_idle(world, command)
  return exchange.drop_idle(world, command.how or "close")
end

function OPS.reset(world)
  world:forget_all()
  return true
end

function OPS.stop(world)
  world.loop:stop()
  return true
end

local function carry_out(world, line)
  local command, problem = json.decode(line)
  if type(command) ~= "table" then
    return nil, "not a JSON object: " .. tostring(problem)
  end
  local op = OPS[command.op]
  if not op then
    return nil, "no such op: " .. tostring(command.op)
  end
  return op(world, command)
end

local function answer(world, line)
  local value, problem = carry_out(world, line)
  if problem then
    return json.encode({ ok = false, error = problem }) .. "\n"
  end
  return json.encode({ ok = true, value = value }) .. "\n"
end

local function converse(world, stream)
  while true do
    local line, next_at = stream.buffer:match("^([^\n]*)\n()")
    if line then
      stream.buffer = stream.buffer:sub(next_at)
      stream:write(answer(world, line))
    elseif #stream.buffer > LINE_MAX_BYTES then
      error("a control line is over " .. LINE_MAX_BYTES .. " bytes")
    else
      stream:fill()
    end
  end
end

local function explain(problem)
  if problem == stream_of.GONE then
    return problem
  end
  return debug.traceback(tostring(problem), 2)
end

---Serve one control connection until it closes.
---@param world fault.World
---@param raw table luasocket object
function control.serve(world, raw)
  local is_owner = not world.has_owner
  world.has_owner = true
  local stream = stream_of.new(raw)
  local _, problem = xpcall(converse, explain, world, stream)
  stream:close()
  if problem ~= stream_of.GONE then
    error(problem, 0)
  elseif is_owner then
    world.loop:stop()
  end
end

return control
