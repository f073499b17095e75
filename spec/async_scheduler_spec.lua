-- The scheduler: jobs in one queue, errors that are kept.

local live = require "spec.support.live"

describe("the scheduler", function()
  local client, scheduler
  live.each(function(_, ...)
    client = ...
    scheduler = client._scheduler
  end)

  it("resumes jobs one after the other, never one inside another", function()
    local log = {}
    local function woken(name, other)
      return client:spawn(function()
        client:sleep(0.001)
        log[#log + 1] = name .. " begins"
        if other then
          other():cancel()
        end
        log[#log + 1] = name .. " ends"
      end)
    end
    local second
    local first = woken("first", function() return second end)
    second = client:spawn(function()
      client:sleep(60)
      log[#log + 1] = "second goes on"
    end)
    first:wait()
    client:step()
    assert.same({ "first begins", "first ends", "second goes on" }, log)
  end)

  it("raises one kept error with each step, oldest first", function()
    client:spawn(error, "one", 0)
    client:spawn(error, "two", 0)
    assert.is_true(scheduler:has_work())
    assert.equal("one", live.raised(client.step, client))
    assert.equal("two", live.raised(client.step, client))
    assert.equal(0, client:step())
    assert.is_true(scheduler:is_quiet())
  end)

  it("has the waits of a client", function()
    assert.equal("timeout", (scheduler:wait({}, 0.001)))
    assert.equal(0, scheduler.open)
  end)
end)
