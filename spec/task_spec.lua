-- Tasks: create, generate, wait, deadline, cancel, states, query, notify.

local liangxin = require("liangxin")
local live = require "spec.support.live"

describe("tasks", function()
  local service, client
  live.each(function(...)
    service, client = ...
  end)

  local function creates()
    local _, counters = service.requests()
    return counters.creates
  end

  it("give a result from one create", function()
    local before = creates()
    local result = assert(client:generate("z-image", { prompt = "a cafe" }))
    assert.equal(1, #result.urls)
    assert.equal("z-image", result.model)
    assert.equal(result.task_id, result.record.task_id)
    assert.equal("success", result.record.state)
    assert.equal("success", result.record.data.state)
    assert.truthy(result.record.body:find(result.task_id, 1, true))
    assert.equal(1, creates() - before)
    assert.equal(0, client:pending())
  end)

  it("tell their id before the first query, then each state once", function()
    local told = {}
    local result = assert(client:generate("z-image", { prompt = "order" }, {
      on_created = function(id)
        for _, request in ipairs((service.requests())) do
          assert(not request.query:find(id, 1, true), "queried before on_created")
        end
        told[#told + 1] = id
      end,
      on_state = function(state, record)
        assert(record.state == state)
        told[#told + 1] = state
      end,
    }))
    assert.equal(result.task_id, told[1])
    assert.equal("success", told[#told])
    local seen = {}
    for _, word in ipairs(told) do
      assert.is_nil(seen[word], word)
      seen[word] = true
    end
  end)

  local function await_event()
    local limit = liangxin.now() + 10
    while not client:dirty() do
      assert.is_true(liangxin.now() < limit, "no event came")
      client._handle:poll(1)
    end
  end

  it("know their state without a listener; each change is an event of a step", function()
    local task = assert(client:create(live.picture("[never] quiet")))
    await_event()
    local before = task.state
    assert.equal(1, client:step())
    assert.not_equal(before, task.state)
    assert.equal("string", type(task.state))
  end)

  it("tell a listener that came after the change and before the step", function()
    local task = assert(client:create(live.picture("[never] late")))
    await_event()
    local heard = {}
    task:on_state(function(state)
      heard[#heard + 1] = state
    end)
    client:step()
    assert.same({ task.state }, heard)
  end)

  it("may wait inside on_created, which create waits for", function()
    local saved
    local task = assert(client:create(live.picture("slow save"), {
      on_created = function(id)
        assert(client:sleep(0.05))
        saved = id
      end,
    }))
    assert.equal(saved, task.id)
    assert(task:wait())
  end)

  it("are not queried with watch = false before the first wait", function()
    local task = assert(client:create(live.picture("later"), { watch = false }))
    assert.equal(0, client:pending())
    assert(client:sleep(0.15))
    assert.equal(0, client:stats().queries)
    assert(task:wait())
    assert.truthy(client:stats().queries > 0)
  end)

  it("end a wait with a timeout, and go on with the next", function()
    local task = assert(client:create(live.picture("[slow] patience")))
    local result, err = task:wait(0.05)
    assert.is_nil(result)
    assert.equal("deadline", err.kind)
    assert.equal(task, err.task)
    assert.equal(task.id, err.task_id)
    assert.equal("maybe", err.charged)
    local before = creates()
    assert(err.task:wait())
    assert.equal(before, creates())
  end)

  it("stop at their own deadline and start again with a fresh one", function()
    local task = assert(client:create(live.picture("[never] x"), { deadline = 1 }))
    for _ = 1, 2 do
      local result, err = task:wait()
      assert.is_nil(result)
      assert.equal("deadline", err.kind)
      assert.equal(task, err.task)
      assert.equal(0, client:pending())
    end
    assert.equal("generating", task.state)
  end)

  it("give the same again after the end", function()
    local task = assert(client:create(live.picture("twice")))
    local result = assert(task:wait())
    assert.equal(result, task:wait())
    task = assert(client:create(live.picture("[fail] twice")))
    local _, err = task:wait()
    assert.equal("task_failed", err.kind)
    assert.equal("501", err.fail_code)
    assert.equal("Generation failed", err.fail_msg)
    assert.equal("fail", task.state)
    assert.equal(err, select(2, task:wait()))
    assert.is_true(client:close())
    assert.equal(err, select(2, task:wait()))
  end)

  it("have several waiters", function()
    local task = assert(client:create(live.picture("shared")))
    local results = client:map({ 1, 2, 3 }, function()
      return task:wait()
    end)
    assert.equal(results[1], results[2])
    assert.equal(results[1], results[3])
    assert.equal(task.id, results[1].task_id)
  end)

  it("resume their waiters before cancel returns", function()
    local task = assert(client:create(live.picture("[never] y")))
    local err
    client:spawn(function()
      err = select(2, task:wait())
    end)
    assert.is_nil(err)
    task:cancel()
    assert.equal("cancelled", err.kind)
    assert.equal(task, err.task)
    assert.equal(0, client:pending())
    assert.equal("cancelled", select(2, task:wait()).kind)
    assert.is_true(task:cancel())
  end)

  it("can be picked up by id", function()
    local first = assert(client:create(live.picture("by id"), { watch = false }))
    local states = {}
    local task = client:task(first.id, {
      on_state = function(state)
        states[#states + 1] = state
      end,
    })
    assert.equal(0, client:pending())
    local result = assert(task:wait())
    assert.equal(first.id, result.task_id)
    assert.equal("z-image", result.model)
    assert.equal("success", states[#states])
  end)

  it("with one id are independent of each other", function()
    local first = assert(client:create(live.picture("[never] z")))
    local second = client:task(first.id, { deadline = 0.1 })
    assert.equal("deadline", select(2, second:wait()).kind)
    assert.equal(1, client:pending())
    second:cancel()
    assert.equal(1, client:pending())
  end)

  it("that the service does not know are not found", function()
    local record, err = client:query("task_unknown")
    assert.is_nil(record)
    assert.equal("not_found", err.kind)
    assert.equal("task_unknown", err.task_id)
    assert.equal("not_found", select(2, client:task("task_unknown"):wait()).kind)
  end)

  it("are asked about once by query", function()
    local task = assert(client:create(live.picture("q"), { watch = false }))
    local record = assert(client:query(task.id))
    assert.equal(task.id, record.task_id)
    assert.is_table(record.urls)
    assert.equal(1, client:stats().queries)
  end)

  it("refused by the service cost nothing and are sent once", function()
    local before = creates()
    local task, err = client:create { model = "z-image", input = {} }
    assert.is_nil(task)
    assert.equal("invalid_request", err.kind)
    assert.equal("no", err.charged)
    assert.equal(400, err.http_status)
    assert.truthy(err:report():find("model: z-image", 1, true))
    assert.equal(1, creates() - before)
  end)

  it("are not sent when the catalogue objects", function()
    local strict = live.client(service, { validate = true })
    local before = creates()
    local task, err = strict:create { model = "z-image", input = { prompt = "" } }
    assert.is_nil(task)
    assert.equal("invalid_request", err.kind)
    assert.equal("no", err.charged)
    assert.is_table(err.problems[1])
    assert.equal(before, creates())
    strict:close()
  end)

  it("wait in a callback's hint no longer than needed", function()
    local lazy = live.client(service, { poll = { first = 60, factor = 1, max = 60 } })
    local watched = assert(lazy:create(live.picture("hint")))
    local eager = client:task(watched.id)
    assert(eager:wait()) -- it has ended; `lazy` would ask in a minute
    local body = '{"code":200,"data":{"taskId":"' .. watched.id .. '","state":"fail"}}'
    assert.is_true(lazy:notify(body))
    assert(watched:wait(10)) -- and the forged state is not believed
    lazy:close()
  end)
end)

describe("client:notify", function()
  local client

  setup(function()
    client = require("liangxin").new { base_url = "http://127.0.0.1:1", api_key = "k" }
  end)
  teardown(function()
    client:close()
  end)

  it("takes every shape that names a task", function()
    for _, body in ipairs {
      '{"code":200,"msg":"success","data":{"taskId":"t1","state":"success"}}',
      '{"code":501,"data":{"taskId":"t1","failCode":"500"},"msg":"failed"}',
      '{"taskId":"t1","model":"z-image","state":"success"}',
      '{"event":"task.completed","taskId":"t1","result":{},"failMsg":null}',
      '{"code":200,"data":{"task_id":"t1"}}',
      '\n {"data":{"taskId":"t1","param":"not json"}}',
      '{"data":{"taskId":"t1","param":{"callBackUrl":"https://h/?liangxin_token=00"}}}',
    } do
      assert.is_true(client:notify(body), body)
    end
  end)

  it("refuses what names none", function()
    for _, body in ipairs {
      "", "x", "null", "5", '"t1"', "[]", "{}", '{"data":null}', '{"data":[]}',
      '{"taskId":0}', '{"taskId":""}', '{"taskId":"a","task_id":"b"}', '{"data":{"taskId":"a\\nb"}}',
      '{"taskId":"' .. ("x"):rep(257) .. '"}', '{"taskId":"t1', "<html></html>",
      ("["):rep(100000), (" "):rep(8 * 1024 * 1024) .. '{"taskId":"t1"}',
    } do
      local ok, err = client:notify(body)
      assert.is_nil(ok, body:sub(1, 40))
      assert.equal("bad_response", err.kind)
    end
    assert.equal("bad_response", select(2, client:notify(nil)).kind)
  end)

  it("raises on anything but a string", function()
    assert.truthy(live.raised(client.notify, client, {}):find("must be a string", 1, true))
  end)
end)
