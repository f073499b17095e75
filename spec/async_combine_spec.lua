-- map, wait_all and wait_any.

local live = require "spec.support.live"

describe("several at once:", function()
  local service, client
  live.each(function(...)
    service, client = ...
  end)

  it("wait_all gives the value or the error of each", function()
    local list = {
      assert(client:create(live.picture("a"))),
      assert(client:create(live.picture("[fail] b"))),
      assert(client:create(live.picture("[never] c"))),
      client:spawn(function() return "value", "second" end),
      client:spawn(function() client:sleep(0.01) error("raised", 0) end),
      client:spawn(function() return nil, "returned" end),
      client:spawn(function() client:sleep(60) end),
    }
    local values, errors = client:wait_all(list, 1)
    assert.equal(list[1].id, values[1].task_id)
    assert.equal("task_failed", errors[2].kind)
    assert.equal("deadline", errors[3].kind)
    assert.equal(list[3], errors[3].task)
    assert.equal("value", values[4])
    assert.is_nil(errors[4])
    assert.equal("raised", errors[5])
    assert.equal("returned", errors[6])
    assert.equal("deadline", errors[7].kind)
    assert.equal(0, client:step()) -- what a job raised was seen
    assert.equal(3, client:pending()) -- one task, one job and its sleep
    assert.same({ {}, {} }, { client:wait_all({}) })
  end)

  it("wait_any gives the first", function()
    local never = assert(client:create(live.picture("[never] d")))
    local job = client:spawn(function()
      client:sleep(0.02)
      return "quick"
    end)
    local index, value, err = client:wait_any { never, job }
    assert.same({ 2, "quick" }, { index, value })
    assert.is_nil(err)
    assert.equal(2, (client:wait_any { never, job }))
    local failing = client:spawn(function() error("raised", 0) end)
    index, value, err = client:wait_any { never, failing }
    assert.same({ 2, "raised" }, { index, err })
    assert.is_nil(value)
    index, value, err = client:wait_any({ never }, 0.02)
    assert.is_nil(index)
    assert.is_nil(value)
    assert.equal("deadline", err.kind)
    assert.equal(1, client:pending())
  end)

  it("lists of anything else raise at the caller's line", function()
    local other = live.client(service)
    local foreign = other:spawn(function() end)
    for _, case in ipairs {
      { "wait_all", { {} }, "entry 1 is neither" },
      { "wait_any", {}, "the list is empty" },
      { "wait_any", { foreign }, "another client" },
      { "wait_all", "x", "must be a table" },
      { "map", "x", "must be a table" },
    } do
      local ok, message = pcall(function()
        return (client[case[1]](client, case[2], print))
      end)
      assert.is_false(ok)
      if case[1] ~= "map" then
        -- print is no timeout
        assert.truthy(message:find("timeout must be a number", 1, true))
        message = live.raised(client[case[1]], client, case[2])
      end
      assert.truthy(message:find("combine_spec.lua:%d+: ") or message:find("live.lua:%d+: "))
      assert.truthy(message:find(case[3], 1, true), message)
    end
    other:close()
  end)
end)
