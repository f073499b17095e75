-- What a task costs against the libcurl floor, over plain HTTP and as the service
-- is reached: lifecycle.lua and floor.c in turns against one stub, each a
-- process of its own; the ratio is of neighbours.

local child = require("spec.support.child")
local front = require("spec.bench.front")
local live = require("spec.support.live")
local measure = require("spec.bench.measure")

local AT_ONCE = 64
local REQUESTS_PER_TASK = 5

local WAYS = {
  { name = "", tasks = 10000, runs = 15, at_most = 1.25 },
  { name = ", HTTPS/1.1", protocol = "http/1.1", tasks = 4000, runs = 9, at_most = 1.25 },
  { name = ", HTTPS/2", protocol = "h2", tasks = 4000, runs = 9, at_most = 1.25 },
}

local stub = measure.stub("--polls", REQUESTS_PER_TASK - 2)
local folder, remove_folder = live.folder()
local certificate, key = front.certify(folder)

local function check(way, output)
  local ok, facts = pcall(measure.decode, output)
  if not ok or facts.tasks ~= way.tasks or facts.requests ~= way.tasks * REQUESTS_PER_TASK
    or facts.is_http2 ~= nil and facts.is_http2 ~= (way.protocol == "h2") then
    error("not the run that was asked for: " .. tostring(output), 0)
  end
  return facts.cpu_us_per_task
end

local function floor(way)
  local pipe = assert(io.popen(measure.command("floor", way.base_url, way.tasks, AT_ONCE,
    way.protocol and certificate or nil), "r"))
  local output = pipe:read("*a")
  pipe:close()
  return check(way, output)
end

local function client(way)
  local _, output = child.run("spec/bench/lifecycle.lua",
    { way.base_url, way.tasks, AT_ONCE, way.protocol and certificate or nil })
  return check(way, output)
end

-- CPU of both, one after the other.
local function take_turns(way, is_floor_first)
  if is_floor_first then
    local of_floor = floor(way)
    return of_floor, client(way)
  end
  local of_client = client(way)
  return floor(way), of_client
end

local function measure_way(way)
  take_turns(way, true) -- wakes the processor, which starts slowly
  local floors, clients, ratios = {}, {}, {}
  for i = 1, way.runs do
    floors[i], clients[i] = take_turns(way, i % 2 == 0)
    ratios[i] = clients[i] / floors[i]
  end
  local what = ("create + 4 queries, %d in flight"):format(AT_ONCE)
  measure.tell({ figure = "CPU of a task, libcurl floor" .. way.name, runs = floors, unit = "us", note = what })
  measure.tell({ figure = "CPU of a task, liangxin" .. way.name, runs = clients, unit = "us", note = what })
  measure.tell({ figure = "CPU of a task / floor" .. way.name, runs = ratios, unit = "x",
    at_most = way.at_most, note = "all Lua included" })
end

for _, way in ipairs(WAYS) do
  way.tasks, way.runs = measure.size(way.tasks, 200), measure.size(way.runs, 1)
  local proxy = way.protocol and front.start(stub.port, way.protocol, certificate, key)
  way.base_url = (proxy or stub).base_url
  measure_way(way)
  if proxy then
    proxy.stop()
  end
end
stub:stop()
remove_folder()
measure.quote("CPU of a task / floor: Lua-cURLv3 2.4, lua-http 10, aiohttp 16, node fetch 20,"
  .. " replicate 28, fal 29")
