-- on_progress: how far the service says a task is, each time that it changes.

local fault_client = require("spec.support.fault_client")
local quick = require("spec.support.quick")

describe("on_progress", function()
  local fault = fault_client.serve()
  local client

  before_each(function()
    client = quick.client(fault)
  end)
  after_each(quick.close)

  local function answers(list)
    for _, progress in ipairs(list) do
      fault:rule({ on = "query", body =
        ('{"code":200,"data":{"taskId":"task_1","state":"generating","progress":%s}}'):format(progress) })
    end
  end

  it("is called with each new fraction and its record", function()
    answers({ "20", "20", '"40%"', "60", "80", "null" })
    local fractions, percents = {}, {}
    assert(client:generate("m", {}, { on_progress = function(fraction, record)
      fractions[#fractions + 1] = fraction
      percents[#percents + 1] = record.progress
    end }))
    assert.same({ 0.2, 0.4, 0.6, 0.8 }, fractions)
    assert.same({ 20, 40, 60, 80 }, percents)
  end)

  it("is called for a task from elsewhere, and for a created one", function()
    fault:make_task("task_1", { polls_until_success = 1 })
    answers({ "10" })
    local seen = {}
    local function note(fraction)
      seen[#seen + 1] = fraction
    end
    assert(client:task("task_1", { on_progress = note }):wait())
    answers({ "30" })
    assert(assert(client:create({ model = "m", input = {} }, { on_progress = note })):wait())
    assert.same({ 0.1, 0.3 }, seen)
  end)

  it("leaves on_state to changes of the state's word", function()
    answers({ "20", "40", "60" })
    fault:service({ polls_until_success = 0 })
    local states = {}
    assert(client:generate("m", {}, { on_state = function(state)
      states[#states + 1] = state
    end }))
    assert.same({ "generating", "success" }, states)
  end)

  it("of a service that reports none is not called", function()
    local called = false
    assert(client:generate("m", {}, { on_progress = function()
      called = true
    end }))
    assert.is_false(called)
  end)
end)

describe("a rate limit that lasts", function()
  it("is told in words of ours beside the service's", function()
    local fault = fault_client.start()
    fault:rule({ on = "create", times = "always", status = 429, body = '{"code":429,"msg":"slow down, please"}' })
    local client = quick.client(fault, { retry = { attempts = 2, base = 0.01, max = 0.02 } })
    local _, err = client:create({ model = "m", input = {} })
    assert.equal("rate_limited", err.kind)
    assert.truthy(err.message:find("slow down, please; too many requests or tasks at a time: "
      .. "try again later, or send fewer", 1, true), err.message)
    quick.close()
    fault:stop()
  end)
end)
