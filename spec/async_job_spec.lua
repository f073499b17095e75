-- Jobs: spawn, wait, cancel, errors.

local live = require "spec.support.live"

describe("jobs", function()
  local service, client
  live.each(function(...)
    service, client = ...
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
    assert.truthy(job.traceback:find("async_job_spec.lua", 1, true))
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

  it("raise when they wait for themselves", function()
    local job
    job = client:spawn(function()
      client:sleep(0.01)
      job:wait()
    end)
    assert.truthy(live.raised(job.wait, job):find("for itself", 1, true))
  end)

  it("may yield for something of the host's own", function()
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
