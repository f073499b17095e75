-- map, wait_all and wait_any.

local live = require "spec.support.live"

describe("several at once:", function()
  local service, client
  live.each(function(...)
    service, client = ...
  end)

  describe("map", function()
    it("keeps the order, and never runs more than it may", function()
      local running, most = 0, 0
      local values = client:map({ 5, 4, 3, 2, 1 }, function(x, i)
        running = running + 1
        most = math.max(most, running)
        client:sleep(x / 100)
        running = running - 1
        return x * 10 + i
      end, { concurrency = 2 })
      assert.same({ 51, 42, 33, 24, 15, n = 5 }, values)
      assert.equal(2, most)
    end)

    it("returns errors beside the values", function()
      local values, errors = client:map({ "x", "[fail] y" }, function(prompt)
        return client:generate("z-image", { prompt = prompt })
      end)
      assert.equal(1, #values[1].urls)
      assert.is_nil(values[2])
      assert.is_nil(errors[1])
      assert.equal("task_failed", errors[2].kind)
    end)

    it("cancels the rest at the first raised error", function()
      local ended = {}
      local raised = live.raised(client.map, client, { 0.01, 60, 60, 60 }, function(x, i)
        local _, err = client:sleep(x)
        ended[i] = err and err.kind or "slept"
        if i == 1 then
          error("one", 0)
        end
        client:sleep(60)
      end, { concurrency = 3, after_error = "cancel" })
      assert.equal("one", raised)
      assert.same({ "slept", "cancelled", "cancelled" }, ended)
      assert.equal(0, client:pending())
    end)

    it("lets what has begun run to its end after an error, and begins no more", function()
      local ended = {}
      local raised = live.raised(client.map, client, { 0.01, 0.05, 0.03, 0.01 }, function(x, i)
        client:sleep(x)
        ended[i] = true
        if i == 1 then
          error("one", 0)
        end
      end, { concurrency = 3 })
      assert.equal("one", raised)
      assert.same({ true, true, true }, ended)
      assert.equal(0, client:pending())
    end)

    it("collects what items raise, and goes on", function()
      local thing = { "thing" }
      local values, errors = client:map({ 1, 2, 3, 4 }, function(x)
        client:sleep(0.01)
        if x == 2 then
          error(thing, 0)
        elseif x == 3 then
          return nil, "three"
        end
        return x
      end, { concurrency = 2, after_error = "collect" })
      assert.same({ [1] = 1, [4] = 4, n = 4 }, values)
      assert.same({ [2] = thing, [3] = "three" }, errors)
      assert.equal(thing, errors[2])
      assert.equal(0, client:step())
    end)

    it("collecting ends with its caller", function()
      local values, err, heard
      local job = client:spawn(function()
        values, err = client:map({ 1, 2 }, function()
          local _, why = client:sleep(60)
          heard = why.kind
        end, { after_error = "collect" })
      end)
      job:cancel()
      assert.same({ nil, "cancelled", "cancelled" }, { values, err.kind, heard })
      assert.equal(0, client:pending())
    end)

    it("names the paid tasks that an error has cancelled", function()
      local ids = {}
      local raised = live.raised(client.map, client, { 1, 2, 3 }, function(i)
        if i == 3 then
          while #ids < 2 do
            client:sleep(0.01)
          end
          error(select(2, client:query("unknown")), 0)
        end
        client:generate("z-image", { prompt = "[never] x" }, { on_created = function(id)
          ids[#ids + 1] = id
        end })
      end, { after_error = "cancel" })
      assert.equal("not_found", raised.kind)
      table.sort(ids)
      table.sort(raised.cancelled)
      assert.same(ids, raised.cancelled)
    end)

    it("knows the words of after_error", function()
      local message = live.raised(client.map, client, {}, error, { after_error = "stop" })
      assert.truthy(message:find("'after_error' must be 'finish', 'cancel', 'collect', not stop", 1, true), message)
    end)

    it("of nothing is nothing", function()
      assert.same({ n = 0 }, client:map({}, error))
    end)
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
