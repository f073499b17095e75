-- A fleet on one PostgreSQL server: eight workers that are killed at random, and
-- the server, too, while callbacks come to any of them, twice, late and forged. A
-- table, and a count of what passed.
--
--   lua fleet_storm.lua [TASKS] [KILLS] [SEED]

local child = require("spec.support.child")
local folders = require("spec.support.folder")
local liangxin = require("liangxin")
local postgres = require("spec.support.postgres")
local sandbox_module = require("liangxin.sandbox")
local socket = require("socket")

local TASKS, KILLS, SEED = tonumber(arg[1] or 500), tonumber(arg[2] or 12), tonumber(arg[3] or os.time() % 100000)
local WORKERS, CONCURRENCY = 8, 6
local PATIENCE = 240 + TASKS / 10 -- s
local KILL_EVERY = 0.7 -- s
local FORGED = 0.2 -- of the callbacks
local TRIES = 200 -- of one delivery

math.randomseed(SEED)
local server, missing = postgres.start()
if not server then
  error(missing, 0)
end
local folder = folders.new()
local url = server:fresh()
local sandbox = assert(sandbox_module.start({ speed = 8, seconds = 20, side = 16, api_key = "child-key" }))
local post = assert(socket.bind("127.0.0.1", 0, 512))
post:settimeout(0)
local _, post_port = post:getsockname()

local function open()
  return liangxin.new({ base_url = sandbox.base_url, api_key = sandbox.api_key, journal = url })
end

-- Workers -------------------------------------------------------------------------

local workers, started = {}, 0

local function quote(text)
  return "'" .. tostring(text):gsub("'", "'\\''") .. "'"
end

local function start_worker(place)
  started = started + 1
  local out = ("%s/worker%d"):format(folder, started)
  local words = { "LUA_PATH=" .. package.path, "LUA_CPATH=" .. package.cpath, child.interpreter(),
    "spec/support/work_child.lua", sandbox.base_url, url, CONCURRENCY, "listen" }
  for i, word in ipairs(words) do
    words[i] = quote(word)
  end
  local pipe = io.popen(("env %s >%s 2>&1 & echo $!"):format(table.concat(words, " "), out))
  workers[place] = { pid = pipe:read("*l"), out = out }
  pipe:close()
end

local function said(worker)
  local file = io.open(worker.out)
  local text = file and file:read("*a") or ""
  if file then
    file:close()
  end
  return text
end

local function port_of(worker)
  worker.port = worker.port or said(worker):match("works\t(%d+)")
  return worker.port
end

-- Callbacks -----------------------------------------------------------------------

local deliveries, paid, counts = {}, {}, { delivered = 0, forged = 0, billed = 0 }

local function schedule(path, body, seconds, is_forged)
  deliveries[#deliveries + 1] = { path = path, body = body, at = socket.gettime() + seconds, tries = 0,
    is_forged = is_forged }
end

-- What the service has called: which key's task, and again for the workers.
local function take(path, body)
  local key = path:match("^/r/(%w+)")
  local task_id = body:match('"taskId":"([^"]+)"') or body:match('"task_id":"([^"]+)"')
  if not key or not task_id then
    return
  end
  paid[key] = paid[key] or {}
  if not paid[key][task_id] then
    paid[key][task_id] = true
    counts.billed = counts.billed + 1
    schedule(path, body, math.random() * 0.2)
    schedule(path, body, math.random() * 4)
    if math.random() < FORGED then
      schedule(path:gsub("liangxin_token=%w+", "liangxin_token=" .. ("0"):rep(32)), body, math.random(), true)
    end
  end
end

local function accept()
  local peer = post:accept()
  while peer do
    peer:settimeout(2)
    local line, length = peer:receive("*l"), 0
    local path = line and line:match("^POST (%S+)")
    repeat
      line = peer:receive("*l")
      length = line and tonumber(line:lower():match("^content%-length: *(%d+)")) or length
    until not line or line == ""
    local body = path and peer:receive(length)
    peer:send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    peer:close()
    if body then
      take(path, body)
    end
    peer = post:accept()
  end
end

-- The status of the answer; nil: there is none.
local function deliver(delivery)
  local worker = workers[math.random(WORKERS)]
  local peer = port_of(worker) and not worker.has_ended and socket.tcp()
  if not peer then
    return nil
  end
  peer:settimeout(2)
  local status
  if peer:connect("127.0.0.1", tonumber(worker.port)) then
    peer:send(("POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
      .. "Connection: close\r\n\r\n%s"):format(delivery.path, #delivery.body, delivery.body))
    status = (peer:receive("*l") or ""):match("^HTTP/1.1 (%d+)")
  end
  peer:close()
  return tonumber(status)
end

local function deliver_due()
  local now, left = socket.gettime(), {}
  for _, delivery in ipairs(deliveries) do
    local status = delivery.at <= now and deliver(delivery)
    delivery.tries = delivery.tries + (delivery.at <= now and 1 or 0)
    if status then
      local name = delivery.is_forged and "forged" or "delivered"
      counts[name] = counts[name] + 1
    elseif delivery.tries < TRIES then
      delivery.at = delivery.at <= now and now + 0.3 or delivery.at
      left[#left + 1] = delivery
    end
  end
  deliveries = left
end

-- The storm -----------------------------------------------------------------------

local began = socket.gettime()
local requests = {}
for i = 1, TASKS + 20 do
  local key = ("k%d"):format(i)
  requests[i] = { model = "z-image", input = { prompt = "number " .. i }, key = key,
    callBackUrl = ("http://127.0.0.1:%d/r/%s"):format(post_port, key) }
end
local client = open()
local _, full = client.journal:enqueue(requests, { batch = "storm", price = 1, max_credits = TASKS })
client:close()
for i = 1, WORKERS do
  start_worker(i)
end

local kills, server_kills, restarts, kill_at, last_kill = 0, 0, 0, socket.gettime() + 2, 0

local function kill_some(now)
  if kills >= KILLS or now < kill_at then
    return
  end
  local place = math.random(WORKERS)
  os.execute("kill -KILL " .. workers[place].pid .. " 2>/dev/null")
  start_worker(place)
  kills, last_kill, kill_at = kills + 1, now, now + KILL_EVERY * (0.5 + math.random())
  if kills == math.ceil(KILLS / 2) then
    server:kill("KILL")
    server:launch()
    server_kills = server_kills + 1
  end
end

-- Whether all workers found nothing left; one that gave up is started again.
local function have_ended()
  local ended = 0
  for place, worker in ipairs(workers) do
    local outcome = worker.has_ended and "done" or said(worker):match("\nend\t([^\n]*)\n")
    if outcome and outcome ~= "done" and not outcome:find("^%d") then
      restarts = restarts + 1
      start_worker(place)
    elseif outcome then
      worker.has_ended, ended = true, ended + 1
    end
  end
  return ended == WORKERS
end

local looked = 0
repeat
  local now = socket.gettime()
  accept()
  deliver_due()
  kill_some(now)
  local is_over = false
  if now - looked > 0.5 then
    looked = now
    is_over = kills >= KILLS and have_ended()
  end
  socket.sleep(0.01)
until is_over or now - began > PATIENCE
local seconds, after_kill = socket.gettime() - began, socket.gettime() - last_kill

-- What came of it -------------------------------------------------------------------

client = open()
local states, lost, unknown_paid, entries = {}, 0, 0, 0
for entry in liangxin.check(client.journal:entries({ batch = "storm" })) do
  entries = entries + 1
  states[entry.state] = (states[entry.state] or 0) + 1
  if entry.state == "unknown" then
    unknown_paid = unknown_paid + (paid[entry.key] and 1 or 0)
  elseif entry.state ~= "succeeded" then
    lost = lost + 1
  end
end
local spend = liangxin.check(client.journal:spend({ by = "batch" }))
client:close()
local twice, keys_paid = 0, 0
for _, tasks in pairs(paid) do
  local number = 0
  for _ in pairs(tasks) do
    number = number + 1
  end
  keys_paid = keys_paid + 1
  twice = twice + (number > 1 and 1 or 0)
end
local billed = sandbox.counters().billed

for _, worker in pairs(workers) do
  if not worker.has_ended then
    os.execute("kill -KILL " .. worker.pid .. " 2>/dev/null")
    io.write(said(worker):sub(-400), "\n")
  end
end
sandbox.stop()
server:stop()
folders.remove(folder)

local passed, failed = 0, 0
local function row(name, value, is_good)
  print(("%-44s %s"):format(name, tostring(value)) .. (is_good == false and "  FAILED" or ""))
  if is_good ~= nil then
    passed, failed = passed + (is_good and 1 or 0), failed + (is_good and 0 or 1)
  end
end

row("seed", SEED)
row("workers, killed, server killed", ("%d, %d, %d"):format(WORKERS, kills, server_kills))
row("workers that gave up and were started again", restarts)
row("seconds", ("%.1f"):format(seconds), seconds < PATIENCE)
row("  of which after the last kill (lease 30 s)", ("%.1f"):format(after_kill))
row("enqueued under the ceiling", entries, entries == TASKS and full ~= nil and full.kind == "budget")
row("billed by the service", billed, billed <= TASKS)
row("  of which called back", counts.billed, counts.billed == billed)
row("billed twice", twice, twice == 0 and keys_paid == counts.billed)
row("succeeded", states.succeeded or 0, (states.succeeded or 0) == billed)
row("unknown, never sent", (states.unknown or 0) - unknown_paid)
row("unknown, though billed and called back", unknown_paid, unknown_paid == 0)
row("lost: at no end", lost, lost == 0)
row("attempts in the journal", spend.attempts, spend.attempts == TASKS)
row("callbacks delivered, forged ones", ("%d, %d"):format(counts.delivered, counts.forged))
print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0 and 0 or 1)
