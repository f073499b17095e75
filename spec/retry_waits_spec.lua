-- What the matrix has no cells for: libcurl's own second POST on a reused
-- connection, waits that deadlines, cancel and close cut short, and tasks that
-- are watched through long runs of faults.

local socket = require("socket")

local fault_client = require("spec.support.fault_client")
local quick = require("spec.support.quick")

-- Far below any wait that is cut here, far above what cutting it takes on a
-- loaded machine.
local AT_ONCE_S = 30
local LONG_S = 120
-- A deadline that passes: what comes before it has time enough.
local DEADLINE_S = 2

local fault

local function create(client, opts)
  return client:create({ model = "z-image", input = { prompt = "x" } }, opts or { watch = false })
end

local function sent(creates, queries, billed)
  assert.same({ creates = creates, queries = queries, billed = billed }, quick.counts(fault))
end

local function at_once(fn, ...)
  local began = socket.gettime()
  local value, err = fn(...)
  local seconds = socket.gettime() - began
  assert.is_true(seconds < AT_ONCE_S, ("it took %g s"):format(seconds))
  return value, err
end

describe("a POST on a reused connection", function()
  fault = fault_client.serve()

  after_each(quick.close)

  -- On a connection that has carried a create before.
  local function create_on_reused(rule)
    local client = quick.client(fault)
    assert(create(client))
    rule.only_on, rule.times = "reused", "always"
    fault:rule(rule)
    local task, err = create(client)
    if err then
      assert.same({ "outcome_unknown", "maybe", false }, { err.kind, err.charged, err.retryable }, tostring(err))
      assert.equal(1, err.attempts)
    end
    local requests = fault:requests()
    assert.same({ requests[1].conn, 2 }, { requests[2].conn, requests[2].index })
    return task, #requests, client
  end

  for _, act in ipairs({ "reset", "close" }) do
    it("is not sent again after it was accepted: " .. act, function()
      local task, requests, client = create_on_reused({ act = act })
      assert.is_nil(task)
      assert.equal(2, requests)
      assert.equal(2, fault:billed())
      assert(create(client)) -- the client goes on with a connection of its own
      sent(3, 0, 3)
    end)

    -- As long as no byte of its body has left, libcurl may send it again: such
    -- a request cannot have been accepted.
    for _, point in ipairs({ "before_read", "after_headers" }) do
      it(("is paid once at most when lost %s: %s"):format(point, act), function()
        local task, requests = create_on_reused({ act = act, when = point })
        assert.equal(task and 3 or 2, requests)
        assert.equal(task and 2 or 1, fault:billed())
      end)
    end
  end

  it("is sent once over a fresh one when the server has closed the idle one", function()
    local client = quick.client(fault)
    assert(create(client))
    for _, how in ipairs({ "close", "reset" }) do
      assert.equal(1, fault:drop_idle(how))
      assert(fault:await("open_connections", { at_most = how == "close" and 1 or 0 }))
      assert(create(client))
    end
    sent(3, 0, 3)
  end)

  it("carries a query as well, which is asked again", function()
    fault:make_task("t", { polls_until_success = 0 })
    fault:rule({ only_on = "reused", when = "before_read", act = "reset", times = 3 })
    local client = quick.client(fault)
    assert(create(client))
    assert(client:task("t"):wait())
    assert.equal(1, fault:billed())
    assert.equal(1, quick.counts(fault).creates)
  end)
end)

describe("a wait between two tries", function()
  fault = fault_client.serve()

  after_each(quick.close)

  local LONG = { base = LONG_S, max = 3600, attempts = 5 }
  local HELD = { { "Retry-After", tostring(LONG_S) } }

  describe("and the deadline:", function()
    it("a refused create ends when the next try would come too late", function()
      fault:rule({ on = "create", times = "always", status = 429, headers = HELD })
      local _, err = at_once(create, quick.client(fault, { deadline = LONG_S - 1 }))
      assert.same({ "rate_limited", "no", true }, { err.kind, err.charged, err.retryable })
      sent(1, 0, 0)
    end)

    it("a create that is held back by another one's refusal ends in time, unsent", function()
      fault:rule({ on = "create", times = "always", status = 429, headers = HELD })
      local client = quick.client(fault, { deadline = DEADLINE_S })
      create(client)
      local _, err = at_once(create, client)
      assert.same({ "deadline", "no", true }, { err.kind, err.charged, err.retryable })
      sent(1, 0, 0)
    end)

    it("a refused create whose next try is held back ends in time as refused", function()
      fault:rule({ on = "create", status = 429, act = "hang" })
      fault:rule({ on = "create", times = "always", status = 429, headers = HELD })
      local client = quick.client(fault, { deadline = DEADLINE_S })
      local first = client:spawn(create, client)
      assert(fault:await("hanging", { at_least = 1 }))
      local second = client:spawn(create, client)
      second:wait()
      fault:release()
      at_once(first.wait, first)
      for _, job in ipairs({ first, second }) do
        local _, err = job:wait()
        assert.same({ "rate_limited", "no", true }, { err.kind, err.charged, err.retryable }, tostring(err))
        assert.equal(1, err.attempts)
        assert.equal(429, err.http_status)
      end
      sent(2, 0, 0)
    end)

    it("a watched task that is held back ends its wait in time", function()
      fault:rule({ on = "query", times = "always", status = 429, headers = HELD })
      local _, err = at_once(function()
        return quick.client(fault):generate("m", {}, { deadline = DEADLINE_S })
      end)
      assert.equal("deadline", err.kind)
      assert.equal("task_1", err.task.id)
      sent(1, 1, 1)
    end)

    it("a query without an answer does not outlast it", function()
      fault:rule({ on = "query", times = "always", act = "hang" })
      local _, err = at_once(function()
        return quick.client(fault, { timeout = LONG_S }):generate("m", {}, { deadline = DEADLINE_S })
      end)
      assert.equal("deadline", err.kind)
      sent(1, 1, 1)
    end)

    it("long backoffs are cut to it", function()
      fault:rule({ on = "query", times = "always", status = 502 })
      local _, err = at_once(function()
        return quick.client(fault, { retry = LONG }):generate("m", {}, { deadline = DEADLINE_S })
      end)
      assert.equal("deadline", err.kind)
      assert.truthy(err.message:find("last fault: server, HTTP 502", 1, true), err.message)
      assert.equal(1, fault:billed())
    end)

    it("a timeout of the wait leaves the task as it was", function()
      fault:rule({ on = "query", times = 3, status = 502 })
      local client = quick.client(fault)
      local task = assert(create(client, { watch = true }))
      local _, err = task:wait(0)
      assert.same({ "deadline", task }, { err.kind, err.task })
      assert(task:wait())
      assert.same({ 1, 1 }, { quick.counts(fault).creates, fault:billed() })
    end)
  end)

  -- Each begins a long wait: a job, and how to know that it is in it.
  local WAITS = {
    ["of a refused create"] = function(client)
      fault:rule({ on = "create", times = "always", status = 429, headers = HELD })
      return client:spawn(create, client), "creates"
    end,
    ["of a create that cannot connect"] = function(client)
      return client:spawn(create, client)
    end,
    ["of a watched task after a fault"] = function(client)
      fault:make_task("t")
      fault:rule({ on = "query", times = "always", status = 429, headers = HELD })
      local task = client:task("t", { deadline = 7200 })
      return client:spawn(task.wait, task), "queries"
    end,
    ["of a watched task without an answer"] = function(client)
      fault:make_task("t")
      fault:rule({ on = "query", times = "always", act = "hang" })
      local task = client:task("t", { deadline = 7200 })
      return client:spawn(task.wait, task), "queries"
    end,
  }

  local function begin(name, start)
    local options = { deadline = 7200, retry = LONG, timeout = LONG_S, connect_timeout = LONG_S }
    if name == "of a create that cannot connect" then
      options.base_url = fault.black_hole_url
    end
    local client = quick.client(fault, options)
    local job, counter = start(client)
    local limit = socket.gettime() + LONG_S
    local is_there
    repeat
      client:poll(0.01)
      assert.is_true(socket.gettime() < limit, "the wait never began")
      if counter then
        is_there = quick.counts(fault)[counter] == 1 and client:stats().in_flight == fault:stats().hanging
      else
        is_there = client:stats().in_flight == 1 -- connecting
      end
    until is_there
    assert.equal("waiting", job.status)
    return client, job, quick.counts(fault)
  end

  for name, start in pairs(WAITS) do
    it(name .. " is cut by cancel", function()
      local client, job, before = begin(name, start)
      at_once(job.cancel, job)
      local value, err = at_once(job.wait, job)
      assert.is_nil(value)
      assert.equal("cancelled", err.kind)
      at_once(client.close, client)
      assert.same(before, quick.counts(fault))
    end)

    it(name .. " is cut by close", function()
      local client, job, before = begin(name, start)
      at_once(client.close, client)
      local value, err = job:wait()
      assert.is_nil(value)
      assert.equal("closed", err.kind)
      assert.same(before, quick.counts(fault))
    end)
  end
end)

describe("a task stays watched", function()
  fault = fault_client.serve()

  after_each(quick.close)

  it("through thirty passing faults in a row", function()
    local PASSING = {
      { act = "reset" }, { act = "close", when = "after_headers" }, { cut_after = 5 }, { status = 500 },
      { status = 502, body = fault_client.wire("t23.html"), content_type = "text/html" },
      { status = 503 }, { status = 504 }, { status = 524 }, { status = 408 }, { status = 425 },
      { status = 200, body = fault_client.wire("t25.html"), content_type = "text/html" },
      { status = 200, body = "" }, { status = 200, body = '{"code":200,"da' },
      { chunked = { size = 9, fault = "bad_size" } }, { status = 200, body = '{"success":false,"message":"x"}' },
    }
    for round = 1, 2 do
      for _, passing in ipairs(PASSING) do
        passing.on = "query"
        fault:rule(passing)
      end
      assert.equal(#PASSING * round, #fault:rules())
    end
    fault:service({ polls_until_success = 0 })
    local client = quick.client(fault, { retry = { base = 0.005, max = 0.02, attempts = 2 } })
    local result = assert(client:generate("z-image", { prompt = "x" }))
    assert.equal(1, #result.urls)
    sent(1, 30 + 1, 1)
  end)

  for _, status in ipairs({ 429, 503 }) do
    it(("and the service is not flooded when no wait was asked for: %d"):format(status), function()
      fault:rule({ on = "query", times = "always", status = status })
      local client = quick.client(fault, { deadline = 0.5, retry = { base = 0, max = 0 } })
      local result, err = client:generate("z-image", { prompt = "x" })
      assert.same({ "nil", "deadline" }, { tostring(result), err.kind })
      local queries = quick.counts(fault).queries
      assert.is_true(queries <= 250, ("%d queries in half a second"):format(queries))
    end)
  end

  it("through thirty odd words for its state, each told once", function()
    local words = {}
    for n = 1, 30 do
      words[n] = ("Étape %d/30 \"%s\""):format(n, ("z"):rep(n))
    end
    fault:service({ polls_until_success = 30, pending_states = words })
    local seen = {}
    local client = quick.client(fault)
    assert(client:generate("z-image", { prompt = "x" }, {
      on_state = function(state)
        seen[#seen + 1] = state
      end,
    }))
    words[31] = "success"
    assert.same(words, seen)
    sent(1, 31, 1)
  end)

  for name, state in pairs({
    number = "7", null = "null", list = "[]", object = '{"a":1}', boolean = "true", ["empty text"] = '""',
    ["long text"] = '"' .. ("w"):rep(5000) .. '"', ["control characters"] = '"\\u0000\\n\\u001b[31m"',
  }) do
    it("though its state is odd JSON: " .. name, function()
      fault:service({ polls_until_success = 0 })
      fault:rule({ on = "query", times = 3,
        body = '{"code":200,"msg":"success","data":{"taskId":"task_1","state":' .. state .. "}}" })
      assert(quick.client(fault):generate("z-image", { prompt = "x" }))
      sent(1, 4, 1)
    end)
  end
end)
