-- run and map: what a scope does with the jobs in it.

local live = require "spec.support.live"

describe("jobs under one scope:", function()
  local client
  live.each(function(_, ...)
    client = ...
  end)

  describe("run", function()
    it("are all over when it returns", function()
      local order = {}
      local function child(name, seconds)
        client:sleep(seconds)
        order[#order + 1] = name
      end
      local a, b = client:run(function(x)
        client:spawn(child, "slow", 0.06)
        client:spawn(function()
          client:spawn(child, "grandchild", 0.09)
        end)
        client:spawn(child, "quick", 0.01)
        return x, "b"
      end, "a")
      assert.equal("ab", a .. b)
      assert.equal("quick slow grandchild", table.concat(order, " "))
      assert.equal(0, client:pending())
    end)

    it("are cancelled by the first error, which run raises as it was", function()
      local thing, heard = {}, nil
      local raised = live.raised(client.run, client, function()
        client:spawn(function()
          heard = select(2, client:sleep(60))
          error("a later error", 0)
        end)
        client:spawn(function()
          client:sleep(0.01)
          error(thing)
        end)
        client:sleep(60)
      end)
      assert.equal(thing, raised)
      assert.equal("cancelled", heard.kind)
      assert.equal(0, client:pending())
      assert.equal(0, client:step())
    end)

    it("fail it too when its own function raises", function()
      local status
      local raised = live.raised(client.run, client, function()
        local job = client:spawn(function() client:sleep(60) client:sleep(60) end)
        status = function() return job.status end
        error("own", 0)
      end)
      assert.equal("own", raised)
      assert.equal("cancelled", status())
    end)

    it("nest, and an inner failure can be caught outside of it", function()
      local inner, after
      client:run(function()
        local ok, raised = pcall(client.run, client, function()
          client:spawn(function() error("inner", 0) end)
          client:sleep(60)
        end)
        inner = not ok and raised
        after = client:sleep(0.01)
      end)
      assert.equal("inner", inner)
      assert.is_true(after)
    end)

    it("stop when the job around it is cancelled", function()
      local child
      local job = client:spawn(function()
        return client:run(function()
          child = client:spawn(function() client:sleep(60) client:sleep(60) end)
        end)
      end)
      job:cancel()
      assert.equal("cancelled", child.status)
      assert.equal("cancelled", job.status)
      assert.equal(0, client:pending())
    end)
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
end)
