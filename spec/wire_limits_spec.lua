-- Wire cases T20 to T22 of the protocol: answers with 429, for createTask and
-- recordInfo. Gaps are read from the server's clock and compared with each
-- other or with what the service asked for.

local fault_client = require("spec.support.fault_client")
local quick = require("spec.support.quick")

local SLOW = { attempts = 5, base = 0.1, max = 2 }
local ONCE = { attempts = 1, base = 0.02, max = 0.2 }

local fault
local wire = fault_client.wire

local function create(client)
  return client:create({ model = "z-image", input = { prompt = "x" } }, { watch = false })
end

local function told(err, kind, charged, retryable)
  assert.same({ kind, charged, retryable }, { err.kind, err.charged, err.retryable }, tostring(err))
end

local function http_date(seconds_from_now)
  return os.date("!%a, %d %b %Y %H:%M:%S GMT", os.time() + seconds_from_now)
end

-- One create, refused with this Retry-After, and no second try.
local function refuse_with(value)
  fault:rule({ on = "create", status = 429, headers = { { "Retry-After", value } }, body = wire("t22.json") })
  local _, err = create(quick.client(fault, { retry = ONCE }))
  told(err, "rate_limited", "no", true)
  return err
end

describe("429 on the wire", function()
  fault = fault_client.serve()

  after_each(quick.close)

  for _, answer in ipairs({
    { name = "T20 with the service's words", status = 429, body = wire("t20.json") },
    { name = "T21 bare", raw = wire("t21.http"), close_after = false, billed = false },
  }) do
    it(answer.name .. " is tried again with the same body and growing waits", function()
      fault:rule({ on = "create", times = 2, status = answer.status, body = answer.body, raw = answer.raw,
        close_after = answer.close_after, billed = answer.billed })
      fault:rule({ on = "create", body = wire("t01.json") })
      local task = assert(create(quick.client(fault, { retry = SLOW })))
      assert.equal("task_z_image_1765166238716", task.id)
      local requests = fault:requests()
      assert.equal(requests[1].body, requests[2].body)
      assert.equal(requests[1].body, requests[3].body)
      local gaps = quick.gaps(requests)
      assert.is_true(gaps[1] >= 2 * SLOW.base, gaps[1])
      assert.is_true(gaps[2] > gaps[1], ("%g, %g"):format(gaps[1], gaps[2]))
      assert.same({ creates = 3, queries = 0, billed = 1 }, quick.counts(fault))
    end)

    it(answer.name .. " is told when there are no tries left", function()
      fault:rule({ on = "create", times = "always", status = answer.status, body = answer.body,
        raw = answer.raw, close_after = answer.close_after, billed = answer.billed })
      local _, err = create(quick.client(fault, { retry = ONCE }))
      told(err, "rate_limited", "no", true)
      assert.equal(429, err.http_status)
      assert.equal(1, err.attempts)
      assert.is_nil(err.message:lower():find("json", 1, true))
      assert.same({ creates = 1, queries = 0, billed = 0 }, quick.counts(fault))
    end)
  end

  it("T20 shows the service's words, whatever their language", function()
    fault:rule({ on = "create", status = 429, body = wire("t20.json") })
    local _, err = create(quick.client(fault, { retry = ONCE }))
    assert.truthy(err.message:find("当前分组上游负载已饱和", 1, true))
  end)

  it("T21 slows a watched task down and does not end it", function()
    fault:service({ polls_until_success = 0 })
    fault:rule({ on = "query", raw = wire("t21.http"), close_after = false })
    local client = quick.client(fault)
    assert(client:generate("z-image", { prompt = "x" }))
    local gaps = quick.gaps(fault:requests({ kind = "query" }))
    assert.is_true(gaps[1] >= 0.2, gaps[1]) -- ten times the base
    assert.same({ creates = 1, queries = 2, billed = 1 }, quick.counts(fault))
  end)

  it("T21 lets the deadline end the wait, not the task", function()
    fault:rule({ on = "query", times = "always", raw = wire("t21.http"), close_after = false })
    local client = quick.client(fault)
    local _, err = client:generate("z-image", { prompt = "x" }, { deadline = 0.5 })
    told(err, "deadline", "maybe", false)
    assert.equal("task_1", err.task.id)
    assert.same({ 1, 1 }, { quick.counts(fault).creates, fault:billed() })
  end)

  describe("T22, with Retry-After,", function()
    it("T22 reads seconds", function()
      assert.equal(7, refuse_with("7").retry_after)
    end)

    it("T22 rounds decimals up", function()
      assert.equal(8, refuse_with("7.5").retry_after)
      assert.equal(1, refuse_with("0.2").retry_after)
    end)

    it("T22 reads a date to come", function()
      local wait = refuse_with(http_date(100)).retry_after
      assert.is_true(wait > 90 and wait <= 100, wait)
    end)

    it("T22 takes a date that is over for now", function()
      assert.equal(0, refuse_with("Fri, 01 May 2020 06:35:00 GMT").retry_after)
    end)

    for _, value in ipairs({ "-1", "abc", "999999999", "7.", "7 s", "" }) do
      it(("T22 ignores %q"):format(value), function()
        assert.is_nil(refuse_with(value).retry_after)
      end)
    end

    it("T22 keeps the request id of the platform's words", function()
      assert.equal("20260501063447", refuse_with("7").request_id)
    end)

    for _, case in ipairs({
      { what = "seconds", value = function() return "1" end, least = 1 },
      { what = "a date", value = function() return http_date(2) end, least = 1 },
    }) do
      it("T22 waits that long before the next create: " .. case.what, function()
        fault:rule({ on = "create", status = 429, headers = { { "Retry-After", case.value() } },
          body = wire("t22.json") })
        assert(create(quick.client(fault)))
        local gap = quick.gaps(fault:requests())[1]
        assert.is_true(gap >= case.least, gap)
        assert.same({ creates = 2, queries = 0, billed = 1 }, quick.counts(fault))
      end)
    end

    it("T22 holds the other tasks of the client back as well", function()
      fault:rule({ on = "create", status = 429, headers = { { "Retry-After", "1" } }, body = wire("t22.json") })
      fault:make_task("other")
      local client = quick.client(fault, { retry = ONCE })
      local _, err = create(client)
      told(err, "rate_limited", "no", true)
      assert(client:query("other"))
      local gap = quick.gaps(fault:requests())[1]
      assert.is_true(gap >= 1, gap)
    end)

    it("T22 gives up at once when the deadline comes first", function()
      fault:rule({ on = "create", times = "always", status = 429, headers = { { "Retry-After", "7" } },
        body = wire("t22.json") })
      local _, err = create(quick.client(fault, { deadline = 5 }))
      told(err, "rate_limited", "no", true)
      assert.equal(1, err.attempts)
      assert.same({ creates = 1, queries = 0, billed = 0 }, quick.counts(fault))
    end)
  end)
end)
