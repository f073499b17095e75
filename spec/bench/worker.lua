-- A worker of a fleet, for benches: `lua worker.lua journaled BASE_URL JOURNAL GO`,
-- or `bare BASE_URL TASKS GO`, the same tasks without a journal. It says "ready",
-- works as soon as there is a file GO, and says when its last was done, how many,
-- and CPU seconds of the process and of its journal's thread. `called` works like
-- `journaled`, is called back, and `idle` works until it is killed.

local lfs = require("lfs")
local liangxin = require("liangxin")
local measure = require("spec.bench.measure")

local AT_ONCE = 64
local PROMPT = "a tea bottle on a stone table, soft light from the left, 35 mm, number %d"

-- The stub ends a task before its first query, as it is with callbacks.
local POLL = { first = 0.005, factor = 1, max = 0.005, jitter = 0 }

local works = {}

local function wait_for(client, path)
  while not lfs.attributes(path, "mode") do
    client:sleep(0.002)
  end
end

-- The journal's thread is the third, after the host's and the I/O thread; unknown
-- where files are saved or callbacks received, by threads of their own.
local function journal_cpu()
  local threads = {}
  for id in lfs.dir("/proc/self/task") do
    threads[#threads + 1] = tonumber(id)
  end
  table.sort(threads)
  if #threads ~= 3 then
    return 0
  end
  local file = assert(io.open(("/proc/self/task/%d/schedstat"):format(threads[3])))
  local ran_ns = file:read("*n")
  file:close()
  return ran_ns / 1e9
end

local function run(client, go, work)
  print "ready"
  io.stdout:flush()
  wait_for(client, go)
  local cpu, journal = os.clock(), journal_cpu()
  local count, last = 0, 0
  work(function(err)
    liangxin.check(not err, err)
    count, last = count + 1, measure.now()
  end)
  print(last, count, os.clock() - cpu, journal_cpu() - journal)
  client:close()
end

local function open(base_url, journal, poll)
  local client = liangxin.new({ base_url = base_url, api_key = "bench-key", journal = journal, poll = poll })
  if journal then
    liangxin.check(client.journal:spend()) -- opens it
  end
  return client
end

local function work_off(client, go)
  run(client, go, function(done)
    liangxin.check(client:work(function(_, err)
      done(err)
    end, { concurrency = AT_ONCE, until_empty = true }))
  end)
end

function works.journaled(base_url, journal, go)
  work_off(open(base_url, journal, POLL), go)
end

function works.called(base_url, journal, go)
  local client = open(base_url, journal)
  liangxin.check(client:listen())
  work_off(client, go)
end

function works.bare(base_url, tasks, go)
  local client, list = open(base_url, nil, POLL), {}
  for i = 1, tonumber(tasks) do
    list[i] = i
  end
  run(client, go, function(done)
    client:map(list, function(i)
      local _, err = client:generate("z-image", { prompt = PROMPT:format(i), seed = i })
      done(err)
    end, { concurrency = AT_ONCE })
  end)
end

function works.idle(base_url, journal)
  local client = open(base_url, journal)
  print "ready"
  io.stdout:flush()
  client:work(function() end)
end

works[arg[1]](arg[2], arg[3], arg[4])
