-- Wire cases T01 and T16 to T27 of the protocol, as far as they are about
-- createTask: what was sent, what was billed, what the caller was told.

local fault_client = require("spec.support.fault_client")
local json = require("spec.support.fault.json")
local quick = require("spec.support.quick")

local CREATE_PATH = "/api/v1/jobs/createTask"
local ID = "task_z_image_1765166238716"
local HTML = "text/html"

local fault
local wire = fault_client.wire
local header = fault_client.header

local function create(client, request)
  return client:create(request or { model = "z-image", input = { prompt = "x" } }, { watch = false })
end

-- Answer creates with a body of the protocol, and create once.
local function create_against(rule, options)
  rule.on = "create"
  rule.times = rule.times or "always"
  fault:rule(rule)
  return create(quick.client(fault, options))
end

local function sent(creates, billed)
  assert.same({ creates = creates, queries = 0, billed = billed }, quick.counts(fault))
end

local function told(err, kind, charged, retryable)
  assert.same({ kind, charged, retryable }, { err.kind, err.charged, err.retryable }, tostring(err))
end

describe("createTask on the wire", function()
  fault = fault_client.serve()

  after_each(quick.close)

  describe("T01, accepted,", function()
    it("T01 sends what the documents show and returns the id verbatim", function()
      fault:rule({ on = "create", body = wire("t01.json") })
      local request = json.decode(wire("t01_request.json"))
      local seen
      local client = quick.client(fault)
      local task = assert(client:create(request, {
        watch = false,
        on_created = function(id)
          seen = { id = id, queries = fault:stats().queries }
        end,
      }))
      assert.equal(ID, task.id)
      assert.same({ id = ID, queries = 0 }, seen)
      sent(1, 1)
      local got = fault:requests()[1]
      assert.equal("POST", got.method)
      assert.equal(CREATE_PATH, got.target)
      assert.equal("Bearer quick-test-key", header(got, "Authorization"))
      assert.equal("application/json", header(got, "Content-Type"))
      assert.equal(tostring(#got.body), header(got, "Content-Length"))
      assert.is_nil(header(got, "Expect"))
      assert.is_nil(header(got, "X-Oneapi-Request-Id"))
      assert.same(request, json.decode(got.body))
      assert.equal(#wire("t01_request.json"), #got.body)
      assert.truthy(got.body:find('"callBackUrl":"https://your-domain.com/api/callback"', 1, true))
    end)

    it("T01 writes an empty input as an object and no callBackUrl when there is none", function()
      fault:rule({ on = "create", body = wire("t01.json") })
      assert(create(quick.client(fault), { model = "z-image", input = {} }))
      local body = fault:requests()[1].body
      assert.truthy(body:find('"input":{}', 1, true))
      assert.is_nil(body:lower():find("callback", 1, true))
      assert.same({ model = "z-image", input = {} }, json.decode(body))
    end)

    it("T01 keeps a prefix of base_url, with and without a slash at its end", function()
      for _, ending in ipairs({ "/gateway", "/gateway/" }) do
        assert(create(quick.client(fault, { base_url = fault.base_url .. ending })))
      end
      for _, request in ipairs(fault:requests()) do
        assert.equal("/gateway" .. CREATE_PATH, request.target)
      end
      sent(2, 2)
    end)
  end)

  it("T16 reports what the service finds wrong with the request, after one request", function()
    local task, err = create_against({ status = 400, body = wire("t16.json") })
    assert.is_nil(task)
    told(err, "invalid_request", "no", false)
    assert.equal(400, err.http_status)
    assert.equal("400", err.api_code)
    assert.truthy(err.message:find("input.prompt is required", 1, true))
    sent(1, 0)
  end)

  describe("T17, refused for its key,", function()
    local KEY = "sk-abc123def456ghi789xyz"
    local REQUEST_ID = "2026050106344712345678abcdEFGH"

    local function check(err)
      told(err, "auth", "no", false)
      assert.equal(401, err.http_status)
      assert.equal(REQUEST_ID, err.request_id)
      assert.is_nil(quick.shown(err):find(KEY, 1, true))
      sent(1, 0)
    end

    it("T17 takes the request id from the header", function()
      local _, err = create_against({
        status = 401,
        headers = { { "X-Oneapi-Request-Id", REQUEST_ID } },
        body = wire("t17_1.json"),
      }, { api_key = KEY })
      check(err)
      assert.truthy(err.message:find("invalid token", 1, true))
    end)

    it("T17 takes it from the message else, and shows no part of the key", function()
      local _, err = create_against({ status = 401, body = wire("t17_2.json") }, { api_key = KEY })
      check(err)
      assert.is_nil(quick.shown(err):find("sk%-abc"))
      assert.is_nil(quick.shown(err):find("xyz]", 1, true))
    end)
  end)

  describe("T18, refused with 403,", function()
    local CASES = {
      { body = "t18_1.json", kind = "quota", text = "用户额度不足", code = "insufficient_user_quota" },
      { body = "t18_2.json", kind = "quota", text = "token quota is not enough",
        code = "pre_consume_token_quota_failed" },
      { body = "t18_3.json", kind = "forbidden", text = "您的 IP 不在令牌允许访问的列表中",
        code = "access_denied" },
    }

    for _, case in ipairs(CASES) do
      it("T18 tells credits from access: " .. case.code, function()
        local _, err = create_against({ status = 403, body = wire(case.body) })
        told(err, case.kind, "no", false)
        assert.equal(403, err.http_status)
        assert.equal(case.code, err.api_code)
        assert.truthy(err.message:find(case.text, 1, true), err.message)
        sent(1, 0)
      end)
    end
  end)

  it("T19 sees an error code inside HTTP 200", function()
    local task, err = create_against({ status = 200, body = wire("t19.json") })
    assert.is_nil(task)
    told(err, "quota", "no", false)
    assert.equal(200, err.http_status)
    assert.equal("402", err.api_code)
    sent(1, 0)
  end)

  describe("T23, too large for the proxy,", function()
    it("T23 reports the 413 that comes before the request was sent", function()
      fault:rule({ on = "create", times = "always", early = 4096, status = 413,
        content_type = HTML, body = wire("t23.html") })
      local input = { prompt = "x", image = ("A"):rep(5 * 1048576) }
      local _, err = create(quick.client(fault), { model = "z-image", input = input })
      told(err, "too_large", "no", false)
      assert.equal(413, err.http_status)
      assert.is_nil(err.message:find("<", 1, true))
      local requests = fault:requests()
      assert.is_false(requests[1].body_complete)
      sent(1, 0)
    end)
  end)

  describe("T24, a failing service,", function()
    for _, status in ipairs({ 502, 524 }) do
      it("T24 does not send again after a page with HTTP " .. status, function()
        local _, err = create_against({ status = status, content_type = HTML, body = wire("t23.html"),
          billed = true })
        told(err, "outcome_unknown", "maybe", false)
        assert.equal(status, err.http_status)
        assert.truthy(err.message:find("a task may exist", 1, true))
        sent(1, 1)
      end)
    end

    for _, status in ipairs({ 500, 200 }) do
      it("T24 does not send again after code 500 with HTTP " .. status, function()
        local _, err = create_against({ status = status, body = wire("t24.json") })
        told(err, "server", "maybe", false)
        assert.equal("500", err.api_code)
        assert.truthy(err.message:find("An unexpected error occurred", 1, true))
        sent(1, 0)
      end)
    end
  end)

  it("T25 takes a page with HTTP 200 for a wrong base_url", function()
    local task, err = create_against({ status = 200, content_type = HTML, body = wire("t25.html") })
    assert.is_nil(task)
    told(err, "bad_response", "maybe", false)
    assert.truthy(err.message:find("base_url is probably wrong", 1, true))
    sent(1, 0)
  end)

  describe("T26, without a usable id,", function()
    for n = 1, 3 do
      it("T26 is a bad response and may be charged, body " .. n, function()
        local task, err = create_against({ body = wire(("t26_%d.json"):format(n)) })
        assert.is_nil(task)
        told(err, "bad_response", "maybe", false)
        assert.truthy(err.message:find("a task may exist", 1, true))
        sent(1, 1)
      end)
    end

    it("T26 tolerates message, a code as text, and further fields", function()
      local task = assert(create_against({ body = wire("t26_4.json") }))
      assert.equal("abc", task.id)
      sent(1, 1)
    end)
  end)

  describe("T27, answer lost,", function()
    it("T27 does not send again when the answer is cut off", function()
      local _, err = create_against({ body = wire("t27.txt"), content_length = 200 })
      told(err, "outcome_unknown", "maybe", false)
      assert.equal("receive", err.stage)
      assert.truthy(err.message:find("a task may exist", 1, true))
      sent(1, 1)
    end)

    it("T27 does not send again when no answer comes", function()
      local _, err = create_against({ act = "hang" }, { timeout = 2 })
      told(err, "outcome_unknown", "maybe", false)
      assert.truthy(err.message:find("in time", 1, true))
      sent(1, 1)
    end)

    it("T27 tries again when connecting was refused", function()
      local client = quick.client(fault, { base_url = fault.refused_url })
      local _, err = create(client)
      told(err, "network", "no", true)
      assert.equal("connect", err.stage)
      assert.equal(5, err.attempts)
      sent(0, 0)
    end)
  end)
end)
