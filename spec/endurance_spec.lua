-- Only the service's own final states end a task. Whatever else an answer says
-- is ridden out, or ends one wait: a later wait of the same task asks again.

local fault_client = require("spec.support.fault_client")
local quick = require("spec.support.quick")

local PAGE = { content_type = "text/html", body = "<html><title>Just a moment...</title></html>" }
local NO_SUCH_TASK = '{"code":422,"msg":"recordInfo is null","data":null}'
local SUCCESS = '{"code":200,"msg":"success","data":{"taskId":"%s","state":"success","resultJson":%s}}'
local URL = "https://cdn.example.com/a.png"
local WHOLE = [["{\"resultUrls\":[\"https://cdn.example.com/a.png\"]}"]]

local fault

local function rule(fields, more)
  local all = { on = "query" }
  for _, source in ipairs({ fields, more or {} }) do
    for name, value in pairs(source) do
      all[name] = value
    end
  end
  fault:rule(all)
end

local function queries()
  return quick.counts(fault).queries
end

describe("a wait", function()
  fault = fault_client.serve()

  after_each(quick.close)

  describe("rides out one answer between good ones:", function()
    local ANSWERS = {
      ["400"] = { status = 400 },
      ["401"] = { status = 401 },
      ["402"] = { status = 402 },
      ["403"] = { status = 403 },
      ["403 with a page"] = { status = 403, content_type = PAGE.content_type, body = PAGE.body },
      ["404"] = { status = 404 },
      ["404 with a page"] = { status = 404, content_type = PAGE.content_type, body = PAGE.body },
      ["405"] = { status = 405 },
      ["422"] = { status = 422 },
      ["302"] = { redirect = "other" },
      ["a page with 200"] = PAGE,
      ["401 inside 200"] = { body = '{"code":401,"msg":"no","data":null}' },
      ["400 inside 200"] = { body = '{"code":400,"msg":"no","data":null}' },
      ["not visible"] = { body = NO_SUCH_TASK },
    }
    for name, answer in pairs(ANSWERS) do
      it(name, function()
        fault:make_task("t", { polls_until_success = 2 })
        rule({ body = '{"code":200,"data":{"taskId":"t","state":"waiting"}}' })
        rule(answer)
        local result = assert(quick.client(fault):task("t"):wait())
        assert.equal(1, #result.urls)
        assert.equal(1 + 1 + 3, queries())
      end)
    end
  end)

  it("rides out many refusals of a task that was created here", function()
    fault:service({ polls_until_success = 0 })
    rule({ status = 400 }, { times = 12 })
    local client = quick.client(fault, { retry = { attempts = 3, base = 0.01, max = 0.02 } })
    assert(client:generate("z-image", { prompt = "x" }))
    assert.same({ creates = 1, queries = 13, billed = 1 }, quick.counts(fault))
  end)

  it("ends when an id that the service has never known is refused again and again", function()
    fault:make_task("good")
    rule({ status = 400 }, { task = "bad", times = "always" })
    local client = quick.client(fault)
    assert(client:query("good")) -- the base URL has proven itself
    local _, err = client:task("bad"):wait()
    assert.equal("invalid_request", err.kind)
    assert.equal(5, err.attempts)
  end)

  describe("for success whose URLs come later", function()
    for late = 1, 3 do
      it("has them after " .. late .. " more", function()
        rule({ body = SUCCESS:format("t", '""') }, { times = late })
        rule({ body = SUCCESS:format("t", WHOLE) })
        local result = assert(quick.client(fault):task("t"):wait())
        assert.same({ URL }, result.urls)
        assert.equal(late + 1, queries())
      end)
    end

    it("has them by a later wait of the same task", function()
      rule({ body = SUCCESS:format("t", '""') }, { times = 4 })
      rule({ body = SUCCESS:format("t", WHOLE) })
      local task = quick.client(fault):task("t")
      local _, err = task:wait()
      assert.same({ "result_missing", "yes" }, { err.kind, err.charged })
      assert.equal(task, err.task)
      assert.same({ URL }, assert(err.task:wait()).urls)
      assert.equal(5, queries())
    end)

    it("does not wait beyond the deadline for them", function()
      rule({ body = SUCCESS:format("t", '""') }, { times = "always" })
      local _, err = quick.client(fault, { retry = { base = 10 } }):task("t", { deadline = 5 }):wait()
      assert.equal("result_missing", err.kind)
      assert.equal(1, queries())
    end)
  end)

  describe("asks again after an earlier one had ended with", function()
    local ENDS = {
      not_found = { body = NO_SUCH_TASK },
      auth = { status = 401 },
      forbidden = { status = 403 },
      bad_response = { redirect = "other" },
      invalid_request = { status = 400 },
    }
    for kind, answer in pairs(ENDS) do
      it(kind, function()
        fault:make_task("t", { polls_until_success = 0 })
        rule(answer, { times = "always" })
        local client = quick.client(fault)
        local task = client:task("t")
        for _ = 1, 2 do
          local before = queries()
          local _, err = task:wait()
          assert.equal(kind, err.kind)
          assert.equal(task, err.task)
          assert.is_true(queries() > before)
        end
        fault:clear_rules()
        local result = assert(task:wait())
        assert.equal(result, task:wait()) -- the end, which is told again
      end)
    end
  end)
end)

describe("a refused key", function()
  fault = fault_client.serve()

  after_each(quick.close)

  -- Waits of `count` tasks, all under way: their errors' kinds.
  local function wait_for_all(client, count)
    local tasks = {}
    for i = 1, count do
      fault:make_task("t" .. i, { polls_until_success = 0 })
      tasks[i] = client:task("t" .. i)
    end
    local _, errs = client:wait_all(tasks, 20)
    return tasks, errs
  end

  it("ends all waits after three more queries", function()
    rule({ status = 401 }, { times = "always" })
    local client = quick.client(fault, { max_connections = 4 })
    local tasks, errs = wait_for_all(client, 200)
    for i = 1, 200 do
      assert.equal("auth", errs[i].kind)
      assert.equal(tasks[i], errs[i].task)
    end
    local asked = queries()
    assert.is_true(asked >= 4 and asked <= 4 + 3, asked) -- the first filled the connections
    assert.equal(0, client:stats().watched)
  end)

  it("is forgotten after one good answer", function()
    rule({ status = 403, content_type = PAGE.content_type, body = PAGE.body }, { times = 5 })
    local client = quick.client(fault, { max_connections = 4 })
    local _, errs = wait_for_all(client, 50)
    assert.is_nil(next(errs))
    assert.is_true(queries() <= 50 + 5)
  end)

  it("holds no single query, whose answer frees the others", function()
    local client = quick.client(fault, { retry = { base = 5 } }) -- a pause of 20 s
    fault:make_task("t", { polls_until_success = 0 })
    rule({ status = 401 }, { times = 2 })
    local job = client:spawn(function() return client:task("t"):wait() end)
    while queries() == 0 do
      client:poll(0.01)
    end
    while client:stats().in_flight > 0 do
      client:poll(0.01)
    end
    assert.equal("auth", select(2, client:query("t")).kind)
    assert(client:query("t"))
    assert(job:wait(10))
  end)
end)
