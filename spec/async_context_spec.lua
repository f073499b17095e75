-- Where a wait is called from: jobs, the main chunk, coroutines of a host.

local live = require "spec.support.live"

describe("the place of a wait:", function()
  local service, client
  live.each(function(...)
    service, client = ...
  end)
  after_each(function()
    client.park = nil
  end)

  it("a coroutine of somebody else is told what to do", function()
    local co = coroutine.create(function()
      local ok, err = client:create(live.picture("never sent"))
      return ok, err
    end)
    local before = select(2, service.requests()).creates
    local ok, message = coroutine.resume(co)
    assert.is_false(ok)
    assert.truthy(message:find("async_context_spec.lua:%d+: cannot wait"))
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
end)
