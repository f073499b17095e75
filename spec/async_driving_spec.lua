-- The client as a host drives it: step, poll, the descriptor, budgets, counters.

local socket = require "socket"

local live = require "spec.support.live"

describe("a client driven by its host", function()
  local service, client
  live.each(function(...)
    service, client = ...
  end)

  -- Starts jobs that sleep; returns a function that counts those that woke.
  local function spawn_sleepers(count, seconds)
    local woken = 0
    for _ = 1, count do
      client:spawn(function()
        client:sleep(seconds)
        woken = woken + 1
      end)
    end
    return function()
      return woken
    end
  end

  it("needs step and the descriptor only", function()
    local result
    client:spawn(function()
      result = client:generate("z-image", { prompt = "frames" })
    end)
    assert.equal("number", type(client:fd()))
    assert.equal(client:fd(), client:pollfd())
    assert.equal(client:fd(), client:getfd())
    assert.equal("r", client:events())
    local frames = 0
    while client:pending() > 0 do
      client:step()
      frames = frames + 1
    end
    assert.equal(1, #result.urls)
    assert.truthy(frames > 2)
    assert.equal(0, client:step())
  end)

  describe("has a descriptor that is readable", function()
    -- Whether it becomes readable within `seconds`.
    local function is_readable(fd, seconds)
      local watched = {
        getfd = function() return fd end,
        dirty = function() return false end,
      }
      return socket.select({ watched }, nil, seconds)[1] == watched
    end

    it("when something happened before it was asked for", function()
      client:spawn(client.sleep, client, 0.001)
      repeat until client:dirty()
      local fd = client:fd()
      assert.is_true(is_readable(fd, 5))
      assert.equal(1, client:step())
      assert.is_false(is_readable(fd, 0))
    end)

    it("also when the host has looked otherwise meanwhile", function()
      local fd = client:fd()
      client:spawn(client.sleep, client, 0.001)
      repeat until client:dirty()
      assert.equal(0, client:timeout())
      assert.is_true(is_readable(fd, 5))
    end)

    it("when a wait in the main chunk has left something", function()
      local fd = client:fd()
      local woken = spawn_sleepers(20, 0.02)
      client:sleep(0.02)
      while woken() < 20 do
        assert.is_true(is_readable(fd, 5))
        client:step()
      end
      assert.is_false(is_readable(fd, 0))
    end)
  end)

  it("polls until something happens, or the timeout", function()
    assert.equal(0, client:poll(0.01))
    assert.equal(0, client:poll()) -- nothing under way: nothing to wait for
    local woken = false
    client:spawn(function()
      client:sleep(0.02)
      woken = true
    end)
    assert.equal(1, client:poll(10))
    assert.is_true(woken)
  end)

  it("stops at the budget and leaves the rest for the next step", function()
    local woken = spawn_sleepers(10, 0.001)
    while not client:dirty() do
      client._handle:poll(5)
    end
    local delivered = client:step(0)
    assert.equal(1, delivered)
    assert.equal(1, woken())
    while client:pending() > 0 do
      -- What is left keeps the descriptor readable, so this never hangs.
      assert.is_true(client:dirty() or client._handle:poll(5))
      delivered = delivered + client:step(0)
    end
    assert.equal(10, woken())
    assert.equal(10, delivered)
    assert.is_nil(client:timeout())
    assert.is_false(client:dirty())
  end)

  it("counts states that nobody listens to, also when the budget ended first", function()
    client:close()
    client = live.client(service, { poll = { first = 0.01, factor = 100, max = 3600, jitter = 0 } })
    local tasks = {}
    for i = 1, 6 do
      tasks[i] = assert(client:create(live.picture("[never]"), { watch = false }))
    end
    for i = 1, 6 do
      client:spawn(tasks[i].wait, tasks[i])
    end
    local function await_answers(count)
      local stats
      repeat
        stats = client:stats()
      until stats.queries == count and stats.in_flight == 0
    end
    await_answers(6)
    client:spawn(client.query, client, tasks[1].id)
    await_answers(7)
    client._handle:stop() -- what was told stays, nothing more comes
    local counted = 0
    while client:dirty() do
      counted = counted + client:step(0)
    end
    assert.equal(7, counted)
  end)

  it("counts what is open", function()
    assert.equal(0, client:pending())
    local task = assert(client:create(live.picture("[never] count")))
    assert.equal(1, client:pending())
    local job = client:spawn(function() client:sleep(60) end)
    assert.equal(3, client:pending())
    local stats = client:stats()
    assert.equal(1, stats.jobs)
    local watched = 0
    for _, count in pairs(stats.tasks) do
      watched = watched + count
    end
    assert.equal(1, watched)
    assert.truthy(stats.requests >= 1)
    task:cancel()
    job:cancel()
    assert.equal(0, client:pending())
  end)
end)
