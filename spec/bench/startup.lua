-- Starting up: CPU of require "liangxin" and new, each time in a fresh process,
-- and what exists afterwards that did not before. With --child it is that one, with
-- --libcurl one that loads libcurl and no more.

-- One that this process closes meanwhile, the end of the pipe, may be gone when `ls` looks.
local function count_descriptors()
  local pipe = assert(io.popen("ls -l /proc/$PPID/fd 2>/dev/null", "r"))
  local all, sockets = 0, 0
  for line in pipe:lines() do
    all = all + (line:find(" -> ", 1, true) and 1 or 0)
    sockets = sockets + (line:find(" socket:[", 1, true) and 1 or 0)
  end
  pipe:close()
  return all, sockets
end

local function count_threads()
  local file = assert(io.open("/proc/self/status", "rb"))
  local count = file:read("*a"):match("\nThreads:%s+(%d+)")
  file:close()
  return tonumber(count)
end

local function start_up()
  local all, sockets = count_descriptors()
  local threads = count_threads()
  local began = os.clock()
  local liangxin = require("liangxin")
  local required = os.clock()
  local client = liangxin.new({ base_url = "http://127.0.0.1:9", api_key = "sk-test" })
  local ended = os.clock()
  local all_after, sockets_after = count_descriptors()
  local threads_after = count_threads()
  print(("%.6f %.6f %d %d %d"):format(required - began, ended - began, threads_after - threads,
    sockets_after - sockets, all_after - all))
  client:close()
end

if arg[1] == "--child" then
  start_up()
  os.exit(0, true)
elseif arg[1] == "--libcurl" then
  local began = os.clock()
  assert(package.loadlib("libcurl.so.4", "*"))
  print(os.clock() - began)
  os.exit(0, true)
end

local child = require("spec.support.child")
local measure = require("spec.bench.measure")

local requires, both, bare = {}, {}, {}
local threads, sockets, descriptors = 0, 0, 0
for i = 1, measure.size(21, 1) do
  local status, output = child.run("spec/bench/startup.lua", { "--child" })
  local required, all, new_threads, new_sockets, new_descriptors =
    output:match("^(%S+) (%S+) (%d+) (%d+) (%d+)$")
  if status ~= 0 or not required then
    error("starting up failed: " .. output, 0)
  end
  requires[i], both[i] = required * 1000, all * 1000
  threads = math.max(threads, tonumber(new_threads))
  sockets = math.max(sockets, tonumber(new_sockets))
  descriptors = math.max(descriptors, tonumber(new_descriptors))
  status, output = child.run("spec/bench/startup.lua", { "--libcurl" })
  bare[i] = status == 0 and tonumber(output) * 1000 or error("libcurl was not loaded: " .. output, 0)
end

measure.tell({ figure = "CPU of loading libcurl alone", runs = bare, unit = "ms",
  note = "with the libraries that it needs; require does that, too" })
measure.tell({ figure = "CPU of require", runs = requires, unit = "ms" })
measure.tell({ figure = "CPU of require and new", runs = both, unit = "ms", under = 10 })
measure.tell({ figure = "threads started by them", value = threads, unit = "", at_most = 0 })
measure.tell({ figure = "sockets opened by them", value = sockets, unit = "", at_most = 0,
  note = ("%d descriptors in all: the pipe behind client:fd()"):format(descriptors) })
