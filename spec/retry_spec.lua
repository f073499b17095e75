-- The retry matrix: {createTask, recordInfo} x {what can go wrong}. Each cell
-- asserts how often it was sent, what that costs, and what the caller is told.
-- The rule is: a create is sent again only when it is certain that nothing was
-- made; a query always, within its deadline.
-- Timeouts are short only where one must pass: elsewhere a slow machine is none.

local fault_client = require("spec.support.fault_client")
local quick = require("spec.support.quick")

local ATTEMPTS = 3
local OPTIONS = { retry = { attempts = ATTEMPTS, base = 0.02, max = 0.1 } }
-- For requests that never get their answer: time enough for the service to take
-- them, on a loaded machine too.
local NO_ANSWER_S = 2
local PAGE = fault_client.wire("t23.html")
local PLATFORM = '{"error":{"message":"no available channel","type":"new_api_error","code":""}}'

local fault

-- What a create comes to. `is_again`: it is sent until the attempts have run
-- out when the fault stays, and succeeds when it passes. `paid`: the fault comes
-- after the service has accepted and billed the task.
local UNKNOWN = { kind = "outcome_unknown", charged = "maybe" }
local SERVER = { kind = "server", charged = "maybe" }
local BAD = { kind = "bad_response", charged = "maybe" }
local LIMITED = { kind = "rate_limited", charged = "no", is_again = true }
local AGAIN = { kind = "server", charged = "no", is_again = true }

local function refused(kind)
  return { kind = kind, charged = "no" }
end

-- A query that gets such an answer goes on.
local CELLS = {
  { "reset before it was read", { act = "reset", when = "after_headers" }, UNKNOWN },
  { "closed before it was read", { act = "close", when = "after_headers" }, UNKNOWN },
  { "reset after it was accepted", { act = "reset" }, UNKNOWN, paid = true },
  { "closed after it was accepted", { act = "close" }, UNKNOWN, paid = true },
  { "reset in the middle of the head", { act = "reset", when = "after_answer_bytes", bytes = 30 }, UNKNOWN,
    paid = true },
  { "no answer in time", { act = "hang" }, UNKNOWN, paid = true, timeout = NO_ANSWER_S },
  { "an answer too slow", { drip = { bytes = 1, every_s = 0.1, head = true } }, UNKNOWN, paid = true,
    timeout = NO_ANSWER_S },
  { "a body cut short", { cut_after = 10 }, UNKNOWN, paid = true },
  { "a body cut by a reset", { cut_after = 10, cut = "reset" }, UNKNOWN, paid = true },
  { "a chunked body without its end", { chunked = { size = 10, fault = "no_end" } }, UNKNOWN, paid = true },
  { "a broken chunk", { chunked = { size = 10, fault = "bad_size" } }, UNKNOWN, paid = true },
  { "a gzip body cut short", { gzip = true, cut_after = 12 }, UNKNOWN, paid = true },
  { "no answer but 100 Continue", { raw = "HTTP/1.1 100 Continue\r\n\r\n" }, UNKNOWN, paid = true,
    timeout = NO_ANSWER_S },
  { "no HTTP", { raw = "SSH-2.0-OpenSSH_9.2\r\n" }, UNKNOWN },

  { "400", { status = 400 }, refused("invalid_request") },
  { "401", { status = 401 }, refused("auth") },
  { "402", { status = 402 }, refused("quota") },
  { "403", { status = 403 }, refused("forbidden") },
  { "404", { status = 404 }, refused("invalid_request") },
  { "408", { status = 408 }, UNKNOWN, paid = true },
  { "413", { status = 413 }, refused("too_large") },
  { "422", { status = 422 }, refused("rejected") },
  { "425", { status = 425 }, AGAIN },
  { "429", { status = 429 }, LIMITED },
  { "429 with Retry-After 0", { status = 429, headers = { { "Retry-After", "0" } } }, LIMITED },
  { "429 with a bare body", { status = 429, body = "", content_type = false }, LIMITED },
  { "429 with a page", { status = 429, body = PAGE, content_type = "text/html" }, LIMITED },
  { "429 inside 200", { status = 200, body = '{"code":429,"msg":"busy","data":null}' }, LIMITED },
  { "429 with a past date", { status = 429,
    headers = { { "Retry-After", "Fri, 01 May 2020 06:35:00 GMT" } } }, LIMITED },
  { "429 with a negative Retry-After", { status = 429, headers = { { "Retry-After", "-1" } } }, LIMITED },
  { "429 with nonsense as Retry-After", { status = 429, headers = { { "Retry-After", "soon" } } }, LIMITED },
  { "429 with a Retry-After of years", { status = 429, headers = { { "Retry-After", "999999999" } } }, LIMITED },

  { "500", { status = 500 }, SERVER },
  { "500, paid", { status = 500 }, SERVER, paid = true },
  { "500 inside 200", { status = 200, body = '{"code":500,"msg":"x","data":null}' }, SERVER },
  { "500 with an empty body", { status = 500, body = "", content_type = false }, SERVER },
  { "502", { status = 502, body = PAGE, content_type = "text/html" }, UNKNOWN },
  { "502, paid", { status = 502 }, UNKNOWN, paid = true },
  { "503 of the task layer", { status = 503 }, SERVER },
  { "503 of the platform's layer", { status = 503, body = PLATFORM }, AGAIN },
  { "503 with a page", { status = 503, body = PAGE, content_type = "text/html" }, SERVER },
  { "504", { status = 504, body = PAGE, content_type = "text/html" }, UNKNOWN },
  { "504, paid", { status = 504 }, UNKNOWN, paid = true },
  { "524", { status = 524, body = PAGE, content_type = "text/html" }, UNKNOWN },
  { "524, paid", { status = 524 }, UNKNOWN, paid = true },

  { "a page with 200", { status = 200, body = PAGE, content_type = "text/html" }, BAD },
  { "nothing with 200", { status = 200, body = "", content_type = false }, BAD, paid = true },
  { "204", { status = 204 }, BAD, paid = true },
  { "half an object with 200", { status = 200, body = '{"code":200,"da' }, BAD, paid = true },
  { "a redirect", { redirect = "other" }, BAD },
}

local function rule(on, cell, times)
  local out = { on = on, times = times, billed = on == "create" and cell.paid or false }
  for name, value in pairs(cell[2]) do
    out[name] = value
  end
  fault:rule(out)
end

local function create(client)
  return client:create({ model = "z-image", input = { prompt = "x" } }, { watch = false })
end

local function sent(creates, queries, billed)
  assert.same({ creates = creates, queries = queries, billed = billed }, quick.counts(fault))
end

local function told(err, expected)
  assert.same({ expected.kind, expected.charged, expected.is_again or false },
    { err.kind, err.charged, err.retryable }, tostring(err))
end

-- How many answers of a cell a query gets before good ones.
local function faults_in_a_row(cell)
  -- After refusals the client is slow for good reasons, and a timeout is long.
  return (cell[3].kind == "rate_limited" or cell.timeout) and 1 or 3
end

local function client_for(cell)
  return quick.client(fault, { retry = OPTIONS.retry, timeout = cell.timeout })
end

describe("the retry matrix:", function()
  fault = fault_client.serve({ tls = true })

  after_each(quick.close)

  it("a create with a wrong checksum of gzip keeps the id in it", function()
    fault:rule({ on = "create", gzip = { bad_crc = true } })
    assert.equal("task_1", assert(create(quick.client(fault, OPTIONS))).id)
    sent(1, 0, 1)
  end)

  for _, cell in ipairs(CELLS) do
    local name, expected = cell[1], cell[3]

    it("a create with " .. name, function()
      rule("create", cell, "always")
      local task, err = create(client_for(cell))
      assert.is_nil(task)
      told(err, expected)
      local posts = expected.is_again and ATTEMPTS or 1
      assert.equal(posts, err.attempts)
      sent(posts, 0, cell.paid and 1 or 0)
    end)

    if expected.is_again then
      it("a create with " .. name .. ", once", function()
        rule("create", cell, 1)
        assert.equal("task_1", assert(create(client_for(cell))).id)
        sent(2, 0, 1)
      end)
    end

    it("a query with " .. name, function()
      local faults = faults_in_a_row(cell)
      fault:service({ polls_until_success = 0 })
      rule("query", cell, faults)
      local client = client_for(cell)
      local task = assert(create(client)) -- the base URL has proven itself
      local result, err = task:wait()
      assert(result, tostring(err))
      assert.equal(1, #result.urls)
      sent(1, faults + 1, 1)
    end)
  end

  describe("before a byte was sent,", function()
    local stranger = fault_client.serve({ tls = true })
    local NO_CONNECTION = {
      { "no such host", stage = "resolve", url = function() -- too long for any resolver
        return "http://" .. ("x"):rep(64) .. ".invalid", { allow_http = true }
      end },
      { "connecting refused", stage = "connect", url = function() return fault.refused_url end },
      { "connecting without an end", stage = "connect", kind = "timeout",
        url = function() return fault.black_hole_url, { connect_timeout = 0.3 } end },
      { "a reset inside the TLS handshake", stage = "tls",
        url = function() return fault.tls_reset_url, { ca_file = fault.ca_file } end },
      { "a TLS handshake without an end", kind = "timeout",
        url = function() return fault.tls_hang_url, { ca_file = fault.ca_file, connect_timeout = 0.3 } end },
      { "a certificate that nobody vouches for", stage = "tls", url = function() return fault.tls_url end },
      { "a certificate for another name", stage = "tls",
        url = function() return fault.tls_elsewhere_url, { ca_file = fault.ca_file } end },
      { "a certificate that ca_file does not vouch for", stage = "tls",
        url = function() return fault.tls_url, { ca_file = stranger.ca_file } end },
    }

    local function client_of(cell)
      local url, more = cell.url()
      local options = { base_url = url }
      for _, source in ipairs({ OPTIONS, more or {} }) do
        for name, value in pairs(source) do
          options[name] = value
        end
      end
      return quick.client(fault, options)
    end

    local function check(cell, err)
      told(err, { kind = cell.kind or "network", charged = "no", is_again = true })
      assert.equal(ATTEMPTS, err.attempts)
      if cell.stage then
        assert.equal(cell.stage, err.stage)
      end
      assert.equal(0, fault:stats().requests)
    end

    for _, cell in ipairs(NO_CONNECTION) do
      it("a create with " .. cell[1], function()
        local task, err = create(client_of(cell))
        assert.is_nil(task)
        check(cell, err)
      end)

      it("a single query with " .. cell[1], function()
        local record, err = client_of(cell):query("t")
        assert.is_nil(record)
        check(cell, err)
      end)

      it("a watched task with " .. cell[1], function()
        local task = client_of(cell):task("t", { deadline = 0.5 })
        local fault_seen = "last fault: " .. (cell.kind or "network")
        local turns = 0
        local is_told
        repeat -- the first wait may be over before the first try is
          turns = turns + 1
          local _, err = task:wait()
          assert.same({ "deadline", "maybe", false }, { err.kind, err.charged, err.retryable })
          is_told = err.message:find(fault_seen, 1, true)
          assert.truthy(is_told or turns < 60, err.message)
        until is_told
      end)
    end
  end)
end)
