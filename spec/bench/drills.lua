-- `make drills`: each fault against the real client and the fault server, as a
-- table: what was sent, what that costs, what the caller was told. Every
-- number is measured in this run, but for the lines that say otherwise.

local socket = require("socket")

local fault_client = require("spec.support.fault_client")
local quick = require("spec.support.quick")

local wire = fault_client.wire
local fault = fault_client.start({ tls = true })

local ALWAYS = "always"
local PAGE = { status = 200, body = wire("t25.html"), content_type = "text/html" }
-- The defaults where a drill is about waiting, else quick ones.
local DEFAULT_WAITS = { retry = { attempts = 5, base = 0.5, max = 30 } }

local function with(rule, more)
  local out = {}
  for _, source in ipairs({ rule, more }) do
    for name, value in pairs(source) do
      out[name] = value
    end
  end
  return out
end

local function generate(client, opts)
  return client:generate("z-image", { prompt = "a drill" }, opts)
end

local function create(client)
  return client:create({ model = "z-image", input = { prompt = "a drill" } }, { watch = false })
end

local function gaps_of(kind)
  local out = {}
  for i, gap in ipairs(quick.gaps(fault:requests({ kind = kind }))) do
    out[i] = ("%.2f"):format(gap)
  end
  return "gaps " .. table.concat(out, ", ") .. " s"
end

-- Columns of a drill: name, rules in order, and optionally options of the
-- client, `before` (not counted), `run`, `note`.
local DRILLS = {
  { "nothing goes wrong", {} },
  { "create: answer lost (reset), once", { { on = "create", act = "reset" } } },
  { "create: answer lost (reset), always", { { on = "create", act = "reset", times = ALWAYS } } },
  { "create: the same on a reused connection", { { on = "create", only_on = "reused", act = "reset",
    times = ALWAYS } }, before = create },
  { "create: no answer until the timeout", { { on = "create", act = "hang", times = ALWAYS } },
    options = { timeout = 0.5 } },
  { "create: answer cut short", { { on = "create", cut_after = 30, times = ALWAYS } } },
  { "create: 504, already paid", { { on = "create", status = 504, billed = true, times = ALWAYS } } },
  { "create: 500, already paid", { { on = "create", status = 500, billed = true, times = ALWAYS } } },
  { "create: 524 page, already paid", { { on = "create", status = 524, body = wire("t23.html"),
    content_type = "text/html", billed = true, times = ALWAYS } } },
  { "create: 200 without a task id", { { on = "create", body = wire("t26_1.json"), times = ALWAYS } } },
  { "create: 503 before the task layer, twice", { { on = "create", status = 503, body = wire("t17_1.json"),
    times = 2 } } },
  { "create: 429 + Retry-After 2, twice", { { on = "create", status = 429, times = 2,
    headers = { { "Retry-After", "2" } } } }, options = DEFAULT_WAITS, run = create,
    note = function() return gaps_of("create") end },
  { "create: bare 429, twice, default waits", { { on = "create", status = 429, body = "", times = 2 } },
    options = DEFAULT_WAITS, run = create, note = function() return gaps_of("create") end },
  { "create: 429 for ever", { { on = "create", status = 429, times = ALWAYS } } },
  { "create: connecting refused", {}, options = { base_url = fault.refused_url } },
  { "create: TLS handshake reset", {}, options = { base_url = fault.tls_reset_url, ca_file = fault.ca_file } },
  { "create: a page with 200 (wrong base_url)", { with(PAGE, { on = "any", times = ALWAYS }) } },
  { "query: reset, five times", { { on = "query", act = "reset", times = 5 } } },
  { "query: no answer in time, twice", { { on = "query", act = "hang", times = 2 } },
    options = { timeout = 0.3 } },
  { "query: a page with 200, five times", { with(PAGE, { on = "query", times = 5 }) } },
  { "query: 500, 502, 503, 504, 524", { { on = "query", status = 500 }, { on = "query", status = 502 },
    { on = "query", status = 503 }, { on = "query", status = 504 }, { on = "query", status = 524 } } },
  { "query: unknown state word, twenty times", { { on = "query", body = wire("t12_1.json"), times = 20 } } },
  { "query: not visible yet, three times", { { on = "query", body = wire("t13.json"), times = 3 } } },
  { "query: failure in the envelope alone", { { on = "query", body = wire("t15.json"), times = ALWAYS } } },
  { "query: 400, 404, 405, 422, a redirect", { { on = "query", status = 400 }, { on = "query", status = 404 },
    { on = "query", status = 405 }, { on = "query", status = 422 }, { on = "query", redirect = "other" } } },
  { "query: 401, then a page with 403", { { on = "query", status = 401 },
    with(PAGE, { on = "query", status = 403 }) } },
  { "query: 401 for ever, default waits", { { on = "query", status = 401, times = ALWAYS } },
    options = DEFAULT_WAITS, note = function() return gaps_of("query") end },
  { "query: success, URLs three queries later", { { on = "query", body = wire("t06_2.json"), times = 3 } } },
  { "query: success without URLs", { { on = "query", body = wire("t06_2.json"), times = ALWAYS } } },
  { "wait out of time, then waited again", { { on = "query", body = wire("t02.json"), times = 20 } },
    run = function(client)
      local result, err = generate(client, { deadline = 0.1 })
      if result or err.kind ~= "deadline" then
        return result, err
      end
      local task = err.task
      repeat
        result, err = task:wait()
      until result or err.kind ~= "deadline"
      return result, err
    end },
}

local function told(value, err)
  if value then
    return value.urls and ("result, %d file(s)"):format(#value.urls) or "task " .. value.id
  end
  return ("%s, charged %s%s"):format(err.kind, err.charged, err.retryable and ", retryable" or "")
end

local function run_drill(drill)
  fault:reset()
  local client = quick.client(fault, drill.options)
  if drill.before then
    assert(drill.before(client))
  end
  for _, rule in ipairs(drill[2]) do
    fault:rule(rule)
  end
  local before = fault:stats()
  local words = told((drill.run or generate)(client))
  local after = fault:stats()
  local creates = after.creates - before.creates
  local queries = after.queries - before.queries
  local billed = after.billed - before.billed
  if drill.note then
    words = words .. "; " .. drill.note()
  end
  print(("%-42s %5d %7d %6d  %s"):format(drill[1], creates, queries, billed, words))
  quick.close()
  return billed
end

-- Latencies --------------------------------------------------------------------

local ROUNDS = 20
local LONG = { deadline = 7200, timeout = 600, connect_timeout = 600,
  retry = { attempts = 5, base = 600, max = 3600 } }

local function milliseconds(fn)
  local began = socket.gettime()
  fn()
  return (socket.gettime() - began) * 1000
end

-- Until a counter of the server, or of the client, has come to `limit`.
local function settle(client, source, counter, limit)
  local deadline = socket.gettime() + 10
  repeat
    client:poll(0.01)
    assert(socket.gettime() < deadline, "the drill did not come to its start")
  until source:stats()[counter] >= limit
end

local function start_refused(client)
  fault:rule({ on = "create", times = ALWAYS, status = 429, headers = { { "Retry-After", "600" } } })
  local job = client:spawn(create, client)
  settle(client, fault, "done", 1)
  return job
end

local function start_hanging(client)
  fault:rule({ on = "query", times = ALWAYS, act = "hang" })
  local job = client:spawn(generate, client)
  settle(client, fault, "hanging", 1)
  return job
end

local function start_creating(client)
  fault:rule({ on = "create", times = ALWAYS, act = "hang" })
  local job = client:spawn(create, client)
  settle(client, fault, "hanging", 1)
  return job
end

local function start_sleeping(client)
  local job = client:spawn(generate, client)
  settle(client, fault, "creates", 1)
  return job
end

local function start_nowhere(client)
  local job = client:spawn(create, client)
  settle(client, client, "in_flight", 1)
  return job
end

local function start_load(client)
  fault:rule({ on = "query", times = ALWAYS, act = "hang" })
  for _ = 1, 1000 do
    client:spawn(generate, client)
  end
  settle(client, fault, "hanging", 8)
end

local SLEEPY = with(LONG, { poll = { first = 3600, factor = 1, max = 3600, jitter = 0 } })
local NOWHERE = with(LONG, { base_url = fault.black_hole_url })

local LATENCIES = {
  { "cancel, between two tries", LONG, start_refused, "cancel" },
  { "cancel, between two polls", SLEEPY, start_sleeping, "cancel" },
  { "cancel, a query under way", LONG, start_hanging, "cancel" },
  { "cancel, a create under way", LONG, start_creating, "cancel" },
  { "cancel, connecting without an end", NOWHERE, start_nowhere, "cancel" },
  { "close, between two tries", LONG, start_refused, "close" },
  { "close, 1,000 tasks, 8 queries under way", LONG, start_load, "close", rounds = 3 },
  { "close, connecting without an end", NOWHERE, start_nowhere, "close" },
}

local function run_latency(latency)
  local times = {}
  for n = 1, latency.rounds or ROUNDS do
    fault:reset()
    local client = quick.client(fault, latency[2])
    local job = latency[3](client)
    times[n] = milliseconds(function()
      if latency[4] == "close" then
        client:close()
      else
        job:cancel()
        job:wait()
      end
    end)
    quick.close()
  end
  table.sort(times)
  print(("%-42s %9.2f %9.2f"):format(latency[1], times[math.ceil(#times / 2)], times[#times]))
end

-- The table --------------------------------------------------------------------

print(("%-42s %5s %7s %6s  %s"):format("fault", "POSTs", "queries", "billed", "what the caller was told"))
local paid_twice = 0
for _, drill in ipairs(DRILLS) do
  if run_drill(drill) > 1 then
    paid_twice = paid_twice + 1
  end
end
print(("\nfaults that were paid more than once: %d of %d"):format(paid_twice, #DRILLS))
print("measured elsewhere, POSTs -> paid tasks, answer lost once / always: fal 2/4, replicate (js) 2/6,")
print("Runway, Luma and OpenAI 2/3; 504 already paid: fal, Runway, Luma, OpenAI 2; 500 already paid: Runway,")
print("Luma, OpenAI 3; gaps after Retry-After 2, twice: fal 1.1 and 2.0 s, replicate 1 and 2 ms")

print(("\n%-42s %9s %9s"):format("until a wait has ended", "median ms", "worst ms"))
for _, latency in ipairs(LATENCIES) do
  run_latency(latency)
end
print("measured elsewhere, cancel with a poll interval of 5 s: fal 4.3 s, replicate 4.3 s, Runway 4.4 s, OpenAI 1 ms")

fault:stop()
os.exit(paid_twice == 0, true)
