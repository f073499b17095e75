-- Operations by number: counted until they end, no number twice, in a table that
-- does not grow with those that have ended.

local live = require "spec.support.live"

describe("the scheduler's operations", function()
  local client, scheduler
  live.each(function(_, ...)
    client = ...
    scheduler = client._scheduler
  end)

  it("counts an operation until it is released or abandoned", function()
    local timer = assert(scheduler:timer(60))
    assert.equal(timer, scheduler:find(timer._op))
    assert.equal(1, scheduler.open)
    scheduler:abandon(timer)
    scheduler:abandon(timer)
    assert.equal(0, scheduler.open)
    local short = assert(scheduler:timer(0))
    assert.equal("done", (scheduler:wait(short)))
    assert.is_true(short.fired)
    assert.equal(0, scheduler.open)
  end)

  it("gives no number twice", function()
    local last = 0
    for i = 1, 50 do
      local timer = assert(scheduler:timer(60))
      assert.is_true(timer._op > last)
      last = timer._op
      if i % 3 == 0 then
        scheduler:abandon(timer)
        assert.is_nil(scheduler:find(last))
      end
    end
  end)

  it("submits nothing once it is closed", function()
    client:close()
    assert.same({ n = 2, nil, "closed" }, { n = 2, scheduler:timer(1) })
    assert.equal(0, scheduler.open)
  end)

  it("gives the place of one that has ended to the next", function()
    local kept = assert(scheduler:timer(60))
    for _ = 1, 100 do
      scheduler:abandon(assert(scheduler:timer(60)))
    end
    local places = 0
    for place in pairs(scheduler.ops) do
      places = math.max(places, place)
    end
    assert.equal(1, places)
    assert.equal(2, scheduler.slots)
    assert.equal(kept, scheduler:find(kept._op))
  end)

  it("finds a task that goes on after others took its place", function()
    local task = assert(client:create(live.picture("a stone"), { watch = false }))
    assert.is_nil(scheduler:find(task._op))
    local number, other = task._op, assert(scheduler:timer(60))
    assert.equal(other, scheduler.ops[1])
    assert(task:wait())
    assert.equal(number, task._op)
    assert.is_nil(scheduler:find(number))
    assert.equal(other, scheduler:find(other._op))
    assert.equal(1, scheduler.open)
  end)
end)
