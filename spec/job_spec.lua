-- Jobs: spawn, run, wait, cancel, errors, scopes, and where waiting is possible.

local live = require "spec.support.live"

describe("jobs", function()
  local service, client
  live.each(function(...)
    service, client = ...
  end)
  after_each(function()
    client.park = nil
  end)

  it("start at once, in the main chunk and in jobs", function()
    local order = {}
    client:run(function()
      order[#order + 1] = "outer"
      client:spawn(function()
        order[#order + 1] = "inner"
      end)
      order[#order + 1] = "after"
    end)
    assert.equal("outer inner after", table.concat(order, " "))
  end)

  it("start inside one another to any depth", function()
    local deepest = 0
    local function nest(level)
      deepest = level
      if level < 1000 then
        client:spawn(nest, level + 1)
      end
    end
    client:run(nest, 1)
    assert.equal(1000, deepest)
  end)

  it("return what their function returns", function()
    local job = client:spawn(function(a, b)
      client:sleep(0.01)
      return a, nil, b
    end, 1, 2)
    assert.equal("waiting", job.status)
    assert.same({ n = 3, 1, nil, 2 }, { n = select("#", job:wait()), job:wait() })
    assert.equal("done", job.status)
  end)

  it("end a wait with a timeout and go on", function()
    local job = client:spawn(function()
      client:sleep(0.1)
      return "late"
    end)
    assert.equal("deadline", select(2, job:wait(0.01)).kind)
    assert.equal("late", job:wait())
    assert.equal(0, client:pending())
  end)

  it("raise in wait what they raised, each time, the value itself", function()
    local thing = {}
    local job = client:spawn(function()
      client:sleep(0.01)
      error(thing)
    end)
    assert.equal(thing, live.raised(job.wait, job))
    assert.equal(thing, live.raised(job.wait, job))
    assert.equal("failed", job.status)
    assert.truthy(job.traceback:find("job_spec.lua", 1, true))
    assert.equal(0, client:step())
  end)

  it("that nobody waits for raise in the next step, poll or close", function()
    client:spawn(function() error("first", 0) end)
    client:spawn(function() error("second", 0) end)
    client:spawn(function() error("third", 0) end)
    assert.equal("first", live.raised(client.step, client))
    assert.equal("second", live.raised(client.poll, client, 0))
    assert.equal("third", live.raised(client.close, client))
    assert.is_true(client:close())
  end)

  it("that were waited for later raise nowhere else", function()
    local job = client:spawn(function() error("seen", 0) end)
    assert.equal("seen", live.raised(job.wait, job))
    assert.equal(0, client:step())
  end)

  describe("cancelled", function()
    it("hear so from their wait, at once, and raise at the next", function()
      local heard, raised
      local job = client:spawn(function()
        heard = select(2, client:sleep(60))
        raised = live.raised(client.sleep, client, 60)
        error(raised, 0)
      end)
      job:cancel()
      assert.equal("cancelled", heard.kind)
      assert.equal(heard, raised)
      assert.equal("cancelled", job.status)
      assert.equal(heard, select(2, job:wait()))
      assert.equal(0, client:pending())
    end)

    it("send no further create", function()
      local before = select(2, service.requests()).creates
      local job = client:spawn(function()
        client:sleep(60)
        client:create(live.picture("too late"))
      end)
      job:cancel()
      assert.equal("cancelled", job.status)
      assert(client:sleep(0.05))
      assert.equal(before, select(2, service.requests()).creates)
    end)

    it("in a create leave an error that learns of the task", function()
      local err
      local created
      local job = client:spawn(function()
        err = select(2, client:create(live.picture("cut"), {
          on_created = function(id)
            created = id
          end,
        }))
      end)
      job:cancel()
      assert.equal("cancelled", err.kind)
      assert.equal("maybe", err.charged)
      assert.equal(0, client:pending())
      client:sleep(0.2)
      if created then -- it had been sent
        assert.equal(created, err.task_id)
        assert(err.task:wait())
      end
    end)
  end)

  describe("under run", function()
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

  describe("and the place of a wait:", function()
    it("a coroutine of somebody else is told what to do", function()
      local co = coroutine.create(function()
        local ok, err = client:create(live.picture("never sent"))
        return ok, err
      end)
      local before = select(2, service.requests()).creates
      local ok, message = coroutine.resume(co)
      assert.is_false(ok)
      assert.truthy(message:find("job_spec.lua:%d+: cannot wait"))
      assert.truthy(message:find("client:spawn", 1, true))
      assert.truthy(message:find("client.park", 1, true))
      assert.equal(before, select(2, service.requests()).creates)
    end)

    it("a loop adapter parks it", function()
      client.park = function()
        local co, is_over = coroutine.running(), false
        return function()
          while not is_over do
            coroutine.yield()
          end
        end, function()
          is_over = true
          coroutine.resume(co)
        end
      end
      local result
      local co = coroutine.create(function()
        result = client:generate("z-image", { prompt = "parked" })
      end)
      assert(coroutine.resume(co))
      while client:pending() > 0 do
        client:poll(5)
      end
      assert.equal(1, #result.urls)
      -- The main chunk would stop the adapter's loop, but run says it outright.
      local message = live.raised(client.sleep, client, 0)
      assert.truthy(message:find("loop adapter is attached", 1, true))
      assert.equal("ok", client:run(function()
        client:sleep(0)
        return "ok"
      end))
    end)

    it("a loop adapter that close wakes finds the client closed", function()
      local message, is_over
      client.park = function()
        return coroutine.yield, function()
          is_over, message = true, live.raised(client.step, client)
        end
      end
      local co = coroutine.create(function()
        client:sleep(3600)
      end)
      assert(coroutine.resume(co))
      client:close()
      assert.is_true(is_over)
      assert.truthy(message:find("closed client", 1, true))
    end)

    it("a C function in between is named", function()
      if not rawget(coroutine, "isyieldable") then
        return -- PUC 5.1 cannot tell and raises words of its own
      end
      local raised = live.raised(client.run, client, function()
        local text = ("x"):gsub("x", function() client:sleep(0.01) end)
        return text
      end)
      assert.truthy(raised:find("cannot wait here", 1, true))
      assert.equal(0, client:pending())
    end)

    it("a wait that can never end raises", function()
      local job = client:spawn(function() coroutine.yield() end)
      assert.truthy(live.raised(job.wait, job):find("can never end", 1, true))
      local raised = live.raised(client.run, client, function()
        client:step()
      end)
      assert.truthy(raised:find("cannot be called inside a job", 1, true))
    end)

    it("a job that waits for itself raises", function()
      local job
      job = client:spawn(function()
        client:sleep(0.01)
        job:wait()
      end)
      assert.truthy(live.raised(job.wait, job):find("for itself", 1, true))
    end)

    it("a job may yield for something of the host's own", function()
      local co
      local job = client:spawn(function()
        co = coroutine.running()
        local got = coroutine.yield()
        client:sleep(0.01)
        return got
      end)
      assert.equal("waiting", job.status)
      assert(coroutine.resume(co, "mine"))
      assert.equal("mine", job:wait())
    end)
  end)
end)
