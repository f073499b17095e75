-- Waits: who is woken by an end, by a timeout, by nothing at all.

local live = require "spec.support.live"

describe("a wait", function()
  local client
  live.each(function(_, ...)
    client = ...
  end)

  local function sleeper()
    return client:spawn(function()
      client:sleep(0.02)
      return "slept"
    end)
  end

  it("of each of several waiters ends with one end", function()
    local job, got = sleeper(), {}
    for i = 1, 3 do
      client:spawn(function()
        got[i] = job:wait()
      end)
    end
    assert.equal("slept", job:wait())
    client:step()
    assert.same({ "slept", "slept", "slept" }, got)
    assert.is_nil(job._waiters)
  end)

  it("that timed out leaves no waiter and no timer behind", function()
    local job = client:spawn(function() client:sleep(60) end)
    assert.equal("deadline", select(2, job:wait(0)).kind)
    assert.equal("deadline", select(2, job:wait(0.001)).kind)
    assert.is_nil(job._waiters)
    assert.equal(2, client:pending()) -- the job, and its own timer
    job:cancel()
    assert.equal(0, client:pending())
  end)

  it("inside a callback does not hold up the one that delivers", function()
    local task = assert(client:create(live.picture("outer"), {
      on_state = function()
        assert(client:sleep(0.001))
      end,
    }))
    assert(task:wait())
    assert.equal("slept", sleeper():wait())
  end)

  it("that can never end raises", function()
    local job = client:spawn(function() coroutine.yield() end)
    assert.truthy(live.raised(job.wait, job):find("can never end", 1, true))
    local raised = live.raised(client.run, client, function()
      client:step()
    end)
    assert.truthy(raised:find("cannot be called inside a job", 1, true))
  end)
end)
