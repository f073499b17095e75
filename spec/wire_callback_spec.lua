-- Wire cases T28 and T29 of the protocol: callbacks. The service documents no
-- signature, so nothing in a callback is believed: it leads to one query, and
-- only what that query answers counts. The polls are too rare to be mistaken
-- for it.

local fault_client = require("spec.support.fault_client")
local quick = require("spec.support.quick")

local RARELY = { poll = { first = 3600, factor = 1, max = 3600, jitter = 0 }, deadline = 7200 }
local SIGNED_ID = "task_z_image_1765166238716"

local fault
local wire = fault_client.wire

-- A client that watches task `id`, about which the service says `script`.
local function watching(id, script)
  fault:make_task(id, script)
  fault:rule({ on = "create", body = ('{"code":200,"msg":"success","data":{"taskId":"%s"}}'):format(id),
    script = script })
  local client = quick.client(fault, RARELY)
  local states = {}
  local task = assert(client:create({ model = "z-image", input = { prompt = "x" } }, {
    on_state = function(state)
      states[#states + 1] = state
    end,
  }))
  assert.equal(id, task.id)
  assert.equal(0, quick.counts(fault).queries)
  return client, task, states
end

local function asked(count)
  assert.same({ creates = 1, queries = count, billed = 1 }, quick.counts(fault))
end

local function own_url(id)
  return { fault.base_url .. "/files/" .. id .. "-1.png" }
end

local function replace(text, from, to)
  local first, last = text:find(from, 1, true)
  assert(first, "the body does not hold " .. from)
  return text:sub(1, first - 1) .. to .. text:sub(last + 1)
end

describe("a callback", function()
  fault = fault_client.serve()

  after_each(quick.close)

  describe("T28, of success,", function()
    local signed = wire("t28.json")
    local BODIES = {
      ["as it was signed"] = signed,
      ["with another result"] = replace(signed, "https://cdn.example.com/a.png", "https://evil.example/b.png"),
      ["with another state"] = replace(signed, '"state":"success"', '"state":"fail"'),
      ["forged from nothing"] = '{"taskId":"' .. SIGNED_ID .. '","state":"success"}',
    }

    for name, body in pairs(BODIES) do
      it("T28 leads to one query, which alone is believed: " .. name, function()
        local client, task = watching(SIGNED_ID, { polls_until_success = 0 })
        assert.is_true(client:notify(body))
        local result = assert(task:wait(10))
        assert.same(own_url(SIGNED_ID), result.urls)
        asked(1)
      end)

      it("T28 does not end a task that still waits: " .. name, function()
        local client, task, states = watching(SIGNED_ID, { polls_until_success = 1 })
        assert.is_true(client:notify(body))
        local limit = os.time() + 10
        while #states == 0 and os.time() < limit do
          client:poll(1)
        end
        assert.same({ "waiting" }, states)
        assert.equal("waiting", task.state)
        asked(1)
        assert.is_true(client:notify(body))
        assert.same(own_url(SIGNED_ID), assert(task:wait(10)).urls)
        asked(2)
      end)
    end

    it("T28 about another task leaves this one alone", function()
      local client, task = watching(SIGNED_ID, { polls_until_success = 0 })
      assert.is_true(client:notify((replace(signed, SIGNED_ID, "task_z_image_9999999999999"))))
      local _, err = task:wait(0)
      assert.equal("deadline", err.kind)
      assert(client:query(SIGNED_ID)) -- comes after what notify might have asked
      asked(1)
    end)
  end)

  describe("T29, in each shape,", function()
    it("T29 of failure ends the task as failed, by what recordInfo says", function()
      local client, task = watching("t29", { polls_until_success = 0 })
      fault:rule({ on = "query", body = wire("t29_1.json") })
      assert.is_true(client:notify(wire("t29_1.json")))
      local _, err = task:wait(10)
      assert.same({ "task_failed", "maybe", false }, { err.kind, err.charged, err.retryable })
      assert.same({ "500", "Internal server error" }, { err.fail_code, err.fail_msg })
      asked(1)
    end)

    it("T29 of failure does not fail a task that succeeded", function()
      local client, task = watching("t29", { polls_until_success = 0 })
      assert.is_true(client:notify(wire("t29_1.json")))
      assert.same(own_url("t29"), assert(task:wait(10)).urls)
      asked(1)
    end)

    it("T29 names the task in what is nearly JSON", function()
      local client, task = watching("t29", { polls_until_success = 0 })
      assert.is_true(client:notify('\239\187\191{"msg":"\179\201","data":{"taskId":"t29",}} x'))
      assert.same(own_url("t29"), assert(task:wait(10)).urls)
      asked(1)
    end)

    for n, shape in ipairs({ "envelope", "bare data", "flat", "task_id" }) do
      it("T29 names the task: " .. shape, function()
        local client, task = watching("t29", { polls_until_success = 0 })
        assert.is_true(client:notify(wire(("t29_%d.json"):format(n))))
        assert.same(own_url("t29"), assert(task:wait(10)).urls)
        asked(1)
      end)
    end

    it("T29 delivered twice changes nothing", function()
      local client, task = watching("t29", { polls_until_success = 0 })
      local body = wire("t29_2.json")
      assert.is_true(client:notify(body))
      local result = assert(task:wait(10))
      assert.is_true(client:notify(body))
      assert.equal(result, assert(task:wait(10)))
      assert(client:query("t29"))
      asked(2)
    end)

    it("T29 about a task of nobody is no error and asks nothing", function()
      local client = watching("mine", { polls_until_success = 0 })
      assert.is_true(client:notify(wire("t29_2.json")))
      assert(client:query("mine"))
      asked(1)
    end)

    local USELESS = {
      ["no body"] = "",
      ["not JSON"] = "taskId=t29",
      ["a page"] = wire("t25.html"),
      ["cut off"] = wire("t29_2.json"):sub(1, 40),
      ["no task"] = '{"code":200,"data":{"state":"success"}}',
      ["an id that is a fraction"] = '{"taskId":29.5}',
      ["two ids"] = '{"taskId":"t29","data":{"taskId":"t30"}}',
      ["an id with a line break"] = '{"taskId":"t29\\r\\nX: y"}',
      ["an id that is too long"] = '{"taskId":"' .. ("t"):rep(257) .. '"}',
      ["a list"] = "[1,2]",
      ["a bare null"] = "null",
      ["deep nesting"] = ("["):rep(100000),
      ["too large"] = '{"taskId":"t29","x":"' .. ("y"):rep(5000) .. '"}',
    }
    for name, body in pairs(USELESS) do
      it("T29 is refused without harm: " .. name, function()
        fault:make_task("t29")
        local client = quick.client(fault, { max_body = 4096 })
        local ok, err = client:notify(body)
        assert.is_nil(ok)
        assert.equal("bad_response", err.kind)
        assert.equal("no", err.charged)
        assert(client:query("t29"))
        assert.equal(1, quick.counts(fault).queries)
      end)
    end
  end)
end)
