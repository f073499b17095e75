-- Downloads against the curl program: one file of 1 GB, and 1,000 files of
-- 100 KB at 4 at a time, over HTTPS on loopback, to the same disk, by turns.
-- Ours are on the disk when they are told; curl's are in the page cache, so
-- that its time is shown with an fsync of each file counted and not counted.
-- More arguments: --folder DIR, to choose the disk.

local liangxin = require("liangxin")
local front = require("spec.bench.front")
local measure = require("spec.bench.measure")
local live = require("spec.support.live")

local now = measure.now

local MB = 1e6
local AT_A_TIME = 4
local ASKED_FOR = 32 -- jobs; AT_A_TIME of their downloads run
local PARALLEL = ("--parallel --parallel-max %d"):format(AT_A_TIME)
local BIG = { name = "1 GB", count = 1, bytes = measure.size(1000 * MB, 20 * MB), rounds = measure.size(5, 1),
  at_least = 0.9 }
local SMALL = { name = "1,000 x 100 KB", count = measure.size(1000, 40), bytes = 100000, rounds = measure.size(15, 1),
  at_least = 0.7 }

-- Places -----------------------------------------------------------------------

local function run(command)
  local ok = os.execute(command)
  if ok ~= true and ok ~= 0 then
    error("failed: " .. command, 0)
  end
end

local function output_of(command)
  local pipe = assert(io.popen(command, "r"))
  local text = pipe:read("*l")
  pipe:close()
  return text
end

local function open_folder()
  for i = 1, #arg - 1 do
    if arg[i] == "--folder" then
      local folder = assert(output_of(("mktemp -d '%s/downloads.XXXXXX'"):format(arg[i + 1])))
      return folder .. "/", function()
        run(("rm -rf '%s'"):format(folder))
      end
    end
  end
  return live.folder()
end

-- A new one for each run, the disk at rest. Nothing is removed in between: ext4
-- takes long to make files where many were removed in the last minutes.
local function new_place(folder)
  local place = output_of(("mktemp -d '%sXXXXXX'"):format(folder)) .. "/"
  run(("sync -f '%s'"):format(folder))
  return place
end

local function start_server(folder)
  local certificate, key = front.certify(folder)
  local stub = measure.stub()
  local proxy = front.start(stub.port, "http/1.1", certificate, key)
  return {
    url = proxy.base_url,
    ca_file = certificate,
    stop = function()
      proxy.stop()
      stub:stop()
    end,
  }
end

-- The two ----------------------------------------------------------------------

local function url_of(server, load, i)
  return ("%s/file/%d/%d"):format(server.url, load.bytes, i)
end

local function check_files(place, load)
  local found = output_of(("find '%s' -type f -size %dc | wc -l"):format(place, load.bytes))
  if tonumber(found) ~= load.count then
    error(("%s of %d files are there"):format(found, load.count), 0)
  end
end

-- Seconds, with and without the sync of each file.
local function run_curl(server, folder, load)
  local place, list_name = new_place(folder), folder .. "list"
  local list = assert(io.open(list_name, "wb"))
  for i = 1, load.count do
    list:write(("url = %s\noutput = %s%d\n"):format(url_of(server, load, i), place, i))
  end
  list:close()
  local began = now()
  run(("curl -s --fail --no-progress-meter --cacert '%s' %s -K '%s'")
    :format(server.ca_file, load.count > 1 and PARALLEL or "", list_name))
  local fetched = now()
  run(("find '%s' -type f -print0 | xargs -0 sync"):format(place))
  local synced = now()
  check_files(place, load)
  return fetched - began, synced - began
end

-- How late the ends of short sleeps are told tells how long the I/O thread was
-- busy or blocked, and how long this thread took to take its events.
local function watch_turns(client, lags)
  while true do
    local began = now()
    client:sleep(0.002)
    lags[#lags + 1] = (now() - began - 0.002) * 1e3
  end
end

local function numbers(count)
  local list = {}
  for i = 1, count do
    list[i] = i
  end
  return list
end

local function reset_peak()
  local file = io.open("/proc/self/clear_refs", "w")
  if file then
    file:write("5")
    file:close()
  end
end

-- Seconds, and by how many bytes the resident memory grew.
local function run_ours(server, folder, load, lags)
  local place = new_place(folder)
  collectgarbage()
  collectgarbage()
  reset_peak()
  local before, began = measure.resident(), now()
  local client = liangxin.new({
    base_url = server.url, api_key = "sk-test", ca_file = server.ca_file, max_downloads = AT_A_TIME,
  })
  local watch = lags and client:spawn(watch_turns, client, lags)
  client:map(numbers(load.count), function(i)
    liangxin.check(client:download(url_of(server, load, i), ("%s%d"):format(place, i)))
  end, { concurrency = ASKED_FOR })
  if watch then
    watch:cancel()
  end
  client:close()
  local seconds = now() - began
  local grown = measure.peak() - before
  check_files(place, load)
  return seconds, grown
end

-- Rounds -------------------------------------------------------------------------

local function add(lists, name, value)
  lists[name] = lists[name] or {}
  table.insert(lists[name], value)
end

local function measure_load(server, folder, load)
  local lists = {}
  for i = 1, load.rounds do
    local ours, grown, curl, synced
    for turn = 1, 2 do
      if (i + turn) % 2 == 0 then
        ours, grown = run_ours(server, folder, load)
      else
        curl, synced = run_curl(server, folder, load)
      end
    end
    local bytes = load.count * load.bytes
    add(lists, "rate", bytes / ours / MB)
    add(lists, "curl", bytes / curl / MB)
    add(lists, "plain", curl / ours)
    add(lists, "synced", synced / ours)
    add(lists, "grown", grown / MB)
  end
  return lists
end

local function measure_lags(server, folder, load)
  local lags = {}
  run_ours(server, folder, load, lags)
  return lags
end

local function tell(load, lists, lags, disk)
  local name = load.name .. ": "
  measure.tell({ figure = name .. "ours", runs = lists.rate, unit = "MB/s",
    note = "with fsync of file and folder; " .. disk })
  measure.tell({ figure = name .. "curl", runs = lists.curl, unit = "MB/s", note = "without sync" })
  measure.tell({ figure = name .. "ours/curl", runs = lists.plain, unit = "x", at_least = load.at_least,
    note = "throughput; our syncs counted, curl's not made" })
  measure.tell({ figure = name .. "ours/(curl; sync files)", runs = lists.synced, unit = "x" })
  measure.tell({ figure = name .. "RSS growth", runs = lists.grown, unit = "MB", under = 4,
    note = "peak of the whole process, its TLS connections included" })
  measure.tell({ figure = name .. "lag of a timer, longest", value = measure.percentile(lags, 1), unit = "ms",
    note = ("p99 %.1f ms, of %d; what blocks the I/O thread shows here")
      :format(measure.percentile(lags, 0.99), #lags) })
end

local folder, remove = open_folder()
local server = start_server(folder)
local ok, problem = pcall(function()
  local disk = output_of(("df --output=fstype '%s' | tail -n 1"):format(folder))
  for _, load in ipairs({ SMALL, BIG }) do
    tell(load, measure_load(server, folder, load), measure_lags(server, folder, load), disk)
  end
end)
server.stop()
remove()
if not ok then
  error(problem, 0)
end
