-- Wire cases T02 to T15 and, as far as they are about recordInfo, T17, T24,
-- T25 and T27 of the protocol: what was asked, what became of the task.

local fault_client = require("spec.support.fault_client")
local quick = require("spec.support.quick")

local ID = "lx_task_01JZ2Q7YH9K6C2KQ5G7P8F2N6M" -- of T02 and T03
local URL = "https://cdn.example.com/result.png"

local fault
local wire = fault_client.wire

-- Answer the next queries with these bodies, one each; rules override them.
local function answer(bodies, rule)
  for _, body in ipairs(bodies) do
    local all = { on = "query", body = body }
    for name, value in pairs(rule or {}) do
      all[name] = value
    end
    fault:rule(all)
  end
end

-- Watch a task from elsewhere whose queries get these bodies.
local function watch(bodies, options)
  answer(bodies)
  return quick.client(fault, options):task(ID):wait()
end

local function asked(count)
  assert.same({ creates = 0, queries = count, billed = 0 }, quick.counts(fault))
end

local function told(err, kind, charged)
  assert.same({ kind, charged }, { err.kind, err.charged }, tostring(err))
end

describe("recordInfo on the wire", function()
  fault = fault_client.serve()

  after_each(quick.close)

  it("T02 a waiting record is no error", function()
    answer({ wire("t02.json") })
    local record = assert(quick.client(fault):query(ID))
    assert.same({ ID, "z-image", "waiting" }, { record.task_id, record.model, record.state })
    assert.same({}, record.urls)
    assert.is_nil(record.fail_code)
    assert.is_nil(record.fail_msg)
    assert.equal('{"model":"z-image","input":{"prompt":"x"}}', record.data.param)
    local request = fault:requests()[1]
    assert.equal("GET", request.method)
    assert.equal("/api/v1/jobs/recordInfo?taskId=" .. ID, request.target)
    assert.equal("Bearer quick-test-key", fault_client.header(request, "Authorization"))
    assert.is_nil(fault_client.header(request, "Content-Type"))
    asked(1)
  end)

  it("T02 escapes whatever an id holds", function()
    fault:make_task("a b&c=d/é?#%")
    assert(quick.client(fault):query("a b&c=d/é?#%"))
    assert.equal("/api/v1/jobs/recordInfo?taskId=a%20b%26c%3Dd%2F%C3%A9%3F%23%25",
      fault:requests()[1].target)
  end)

  it("T03 success ends the asking", function()
    local client = quick.client(fault)
    answer({ wire("t02.json"), wire("t02.json"), wire("t03.json") }, { task = ID })
    local result = assert(client:task(ID):wait())
    assert.same({ URL }, result.urls)
    assert.same({ ID, "z-image" }, { result.task_id, result.model })
    asked(3)
    fault:make_task("next", { polls_until_success = 5 }) -- many polls later
    assert(client:task("next"):wait())
    assert.equal(0, client:pending())
    asked(3 + 6)
  end)

  it("T04 keeps URLs byte for byte, large numbers, and what it does not know", function()
    local result = assert(watch({ wire("t04.json") }))
    assert.same({
      "https://cdn.example.com/a.png?token=exp=1789394468~hmac=ab%2Fcd&size=stable",
      "https://cdn.example.com/你.png",
    }, result.urls)
    local record = result.record
    assert.equal("1777600000000", ("%.0f"):format(record.created_ms))
    assert.equal("1777600015000", ("%.0f"):format(record.completed_ms))
    assert.equal("1777600015000", ("%.0f"):format(record.updated_ms))
    assert.equal(812.5, record.credits)
    assert.equal(100, record.progress)
    assert.equal(15000, record.data.costTime)
    assert.equal(1, record.data.futureField.a[1])
    assert.is_true(record.data.futureField.a[3])
    assert.equal(wire("t04.json"), record.body)
    asked(1)
  end)

  it("T05 takes resultJson that is an object", function()
    local result = assert(watch({ wire("t05.json") }))
    assert.same({ "https://cdn.example.com/a.mp4" }, result.urls)
    asked(1)
  end)

  describe("T06, success without a result,", function()
    local NULL = wire("t06_1.json")
    local CASES = {
      null = NULL,
      ["an empty list"] = wire("t06_2.json"),
      ["an empty text"] = NULL:gsub("null", '""'),
      absent = NULL:gsub(',"resultJson":null', ""),
    }
    for name, body in pairs(CASES) do
      it("T06 is an error that names the task: " .. name, function()
        answer({ body }, { times = "always" })
        local result, err = quick.client(fault):task(ID):wait()
        assert.is_nil(result)
        told(err, "result_missing", "yes")
        assert.is_false(err.retryable)
        assert.equal(ID, err.task_id)
        assert.equal(body, err.record.body)
        asked(4) -- it may come a moment later
      end)
    end
  end)

  it("T07 takes the URL of a resultJson that lacks its last brackets", function()
    local result = assert(watch({ wire("t07.json") }))
    assert.same({ "https://cdn.example.com/a.png" }, result.urls)
    assert.is_true(result.record.is_mended)
    asked(1)
  end)

  it("T07 keeps the text of a resultJson that is cut off", function()
    answer({ (wire("t07.json"):gsub('png\\"', "pn")) }, { times = "always" })
    local _, err = quick.client(fault):task(ID):wait()
    told(err, "result_missing", "yes")
    assert.equal(ID, err.task_id)
    assert.equal('{"resultUrls":["https://cdn.example.com/a.pn', err.record.result_text)
    assert.truthy(err.message:find("not JSON", 1, true))
    asked(4)
  end)

  it("T07 survives an escape that is cut off", function()
    local _, err = watch({ (wire("t07.json"):gsub('a%.png\\"', "a\\\\u4f")) })
    told(err, "result_missing", "yes")
    assert.equal('{"resultUrls":["https://cdn.example.com/a\\u4f', err.record.result_text)
  end)

  it("T08 takes files from resultUrls alone and leaves the rest in reach", function()
    local result = assert(watch({ wire("t08_1.json") }))
    assert.same({ "https://cdn.example.com/v.mp4" }, result.urls)
    assert.truthy(result.record.data.resultJson:find('"firstFrameUrl":["https://cdn.example.com/f.png"]', 1, true))
    asked(1)
  end)

  it("T08 lets a text result succeed without files", function()
    local result = assert(watch({ wire("t08_2.json") }))
    assert.same({}, result.urls)
    assert.equal('{"resultObject":{"text":"ok"}}', result.record.data.resultJson)
    asked(1)
  end)

  it("T09 fail ends the task for good", function()
    fault:rule({ on = "create", body = wire("t01.json") })
    answer({ wire("t02.json"), wire("t09.json") })
    local _, err = quick.client(fault):generate("imagen4-ultra", { prompt = "x" })
    told(err, "task_failed", "maybe")
    assert.is_false(err.retryable)
    assert.same({ "501", "Generation failed" }, { err.fail_code, err.fail_msg })
    assert.equal("task_z_image_1765166238716", err.task_id)
    assert.same({ creates = 1, queries = 2, billed = 1 }, quick.counts(fault))
    local _, again = err.task:wait()
    assert.equal(err, again)
    assert.equal(2, quick.counts(fault).queries)
  end)

  describe("T10, odd codes of failure,", function()
    for n, expected in ipairs({
      { code = "500", text = "Internal server error" },
      { text = "the service gave no reason" },
      { code = "SENSITIVE_WORD_ERROR", text = "Prompt contains sensitive words" },
    }) do
      it("T10 tells code and reason, body " .. n, function()
        local _, err = watch({ wire(("t10_%d.json"):format(n)) })
        told(err, "task_failed", "maybe")
        assert.equal(expected.code, err.fail_code)
        assert.truthy(err.message:find(expected.text, 1, true), err.message)
        asked(1)
      end)
    end
  end)

  it("T11 URLs of a waiting task are not a result", function()
    answer({ wire("t11.json"), wire("t11.json"), wire("t03.json") })
    local client = quick.client(fault)
    local record = assert(client:query(ID))
    assert.equal("waiting", record.state)
    assert.same({}, record.urls)
    assert.same({ URL }, assert(client:task(ID):wait()).urls)
    asked(3)
  end)

  describe("T12, odd words for the state,", function()
    for n, word in ipairs({ "moderating", "PROCESSING", false }) do
      it("T12 is watched to the deadline, and further: " .. tostring(word), function()
        answer({ wire(("t12_%d.json"):format(n)) }, { times = "always" })
        local client = quick.client(fault)
        local task = client:task(ID, { deadline = 2 })
        local _, err = task:wait()
        told(err, "deadline", "maybe")
        assert.equal(task, err.task)
        assert.truthy(err.message:find(word or "none seen", 1, true), err.message)
        assert.is_true(quick.counts(fault).queries >= 2)
        fault:clear_rules()
        answer({ wire("t03.json") })
        assert.same({ URL }, assert(task:wait()).urls)
        assert.equal(0, quick.counts(fault).creates)
      end)
    end
  end)

  describe("T13, not visible yet,", function()
    local CREATED = '{"code":200,"msg":"success","data":{"taskId":"' .. ID .. '"}}'

    for _, status in ipairs({ 200, 422 }) do
      it("T13 is waited for after the creation, HTTP " .. status, function()
        fault:rule({ on = "create", body = CREATED })
        answer({ wire("t13.json"), wire("t13.json") }, { status = status })
        answer({ wire("t03.json") })
        local result = assert(quick.client(fault):generate("z-image", { prompt = "x" }))
        assert.same({ URL }, result.urls)
        assert.same({ creates = 1, queries = 3, billed = 1 }, quick.counts(fault))
      end)

      it("T13 is not_found to a single query, HTTP " .. status, function()
        answer({ wire("t13.json") }, { status = status, times = "always" })
        local _, err = quick.client(fault):query(ID)
        told(err, "not_found", "maybe")
        assert.same({ ID, status }, { err.task_id, err.http_status })
        asked(1)
      end)
    end

    it("T13 is not_found, not a deadline, when it stays so", function()
      fault:rule({ on = "create", body = CREATED })
      answer({ wire("t13.json") }, { times = "always" })
      local _, err = quick.client(fault):generate("z-image", { prompt = "x" }, { deadline = 4 })
      told(err, "not_found", "maybe")
      assert.equal(ID, err.task_id)
      local counts = quick.counts(fault)
      assert.same({ 1, 1 }, { counts.creates, counts.billed })
      assert.is_true(counts.queries >= 2)
    end)
  end)

  describe("T14, unknown to the service,", function()
    for n, status in ipairs({ 404, 400, 200 }) do
      it("T14 is not_found, body " .. n, function()
        answer({ wire(("t14_%d.json"):format(n)) }, { status = status, times = "always" })
        local client = quick.client(fault)
        local _, err = client:query(ID)
        told(err, "not_found", "maybe")
        assert.equal(ID, err.task_id)
        asked(1)
        _, err = client:task(ID):wait() -- not ours: no grace
        told(err, "not_found", "maybe")
        asked(2)
      end)
    end
  end)

  describe("T15, failure only in the envelope,", function()
    it("T15 ends the task", function()
      local _, err = watch({ wire("t15.json") })
      told(err, "task_failed", "maybe")
      assert.equal("501", err.api_code)
      assert.truthy(err.message:find("Generation failed", 1, true))
      asked(1)
    end)

    for _, code in ipairs({ 500, 455 }) do
      it("T15 asks again after code " .. code, function()
        local body = wire("t15.json"):gsub("501", tostring(code))
        local result = assert(watch({ body, wire("t03.json") }))
        assert.same({ URL }, result.urls)
        asked(2)
      end)
    end
  end)

  it("T17 a bad key ends the watching and shows none of itself", function()
    fault:rule({ on = "query", times = "always", status = 401, body = wire("t17_2.json") })
    local _, err = quick.client(fault, { api_key = "sk-abc123def456ghi789xyz" }):task(ID):wait()
    told(err, "auth", "maybe")
    assert.equal("2026050106344712345678abcdEFGH", err.request_id)
    assert.is_nil(quick.shown(err):find("sk%-abc"))
    asked(4) -- and three times more
  end)

  for _, status in ipairs({ 502, 524 }) do
    it("T24 asks again after a page with HTTP " .. status, function()
      answer({ wire("t23.html") }, { status = status, content_type = "text/html", times = 2 })
      assert.same({ URL }, assert(watch({ wire("t03.json") })).urls)
      asked(3)
    end)
  end

  describe("T25, a page with HTTP 200,", function()
    it("T25 means a wrong base_url when nothing else ever came", function()
      answer({ wire("t25.html") }, { content_type = "text/html", times = "always" })
      local client = quick.client(fault)
      for queries, ask in ipairs({
        function() return client:query(ID) end,
        function() return client:task(ID):wait() end,
      }) do
        local _, err = ask()
        told(err, "bad_response", "maybe")
        assert.truthy(err.message:find("base_url is probably wrong", 1, true))
        asked(queries)
      end
    end)

    it("T25 passes when the API has answered before", function()
      answer({ wire("t02.json") })
      answer({ wire("t25.html") }, { content_type = "text/html", times = 3 })
      assert.same({ URL }, assert(watch({ wire("t03.json") })).urls)
      asked(5)
    end)
  end)

  describe("T27, answer lost,", function()
    it("T27 asks again when it is cut off", function()
      answer({ wire("t27.txt") }, { content_length = 200, times = 2 })
      assert.same({ URL }, assert(watch({ wire("t03.json") })).urls)
      asked(3)
    end)

    it("T27 asks again when it does not come", function()
      fault:rule({ on = "query", act = "hang", times = 2 })
      assert.same({ URL }, assert(watch({ wire("t03.json") }, { timeout = 2 })).urls)
      asked(3)
    end)
  end)
end)
