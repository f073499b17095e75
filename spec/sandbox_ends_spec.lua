-- In which order tasks are seen to end. Pure.

local ends = require("liangxin.sandbox.ends")

describe("ends", function()
  local order, one, two

  before_each(function()
    order = ends.new()
    one, two = { created = 0, seconds = 10 }, { created = 0.1, seconds = 10 }
    order:add(one)
    order:add(two)
  end)

  local function ask(task, now)
    order:ask(task, now)
    return order:moment(task, now)
  end

  it("come in their order, whoever asks first", function()
    assert.is_true(ask(two, 10.15) < 10.1)
    assert.equal(10.2, ask(one, 10.2))
    assert.equal(10.21, ask(two, 10.21))
    assert.equal(10.3, ask(one, 10.3))
  end)

  it("do not matter before a task's own end", function()
    assert.equal(10.05, ask(two, 10.05))
    assert.equal(9, ask(one, 9))
  end)

  it("wait 0.25 s and some questions, no longer, for a task that nobody asks about", function()
    ask(one, 9.9)
    for i = 1, 20 do
      assert.is_true(ask(two, 10.15 + i / 1000) < 10.1)
    end
    assert.equal(10.3, ask(two, 10.3))
    assert.equal(10.4, ask(one, 10.4))
  end)

  it("wait for a task that gets answers that do not show it", function()
    for i = 1, 100 do
      order:ask(one, 10.1 + i / 100)
      assert.is_true(ask(two, 10.1 + i / 100) < 10.1)
    end
    assert.equal(11.2, ask(one, 11.2))
    assert.equal(11.3, ask(two, 11.3))
  end)

  it("wait 1 s for a task that nobody asks about where questions are rare", function()
    assert.is_true(ask(two, 10.9) < 10.1)
    assert.equal(12, ask(two, 12))
  end)

  it("wait once for all tasks that nobody asks about", function()
    for i = 1, 100 do
      order:add({ created = 0.05 + i / 10000, seconds = 10 })
    end
    for i = 1, 7 do
      assert.is_true(ask(two, 10.5 + i / 1000) < 10.1)
    end
    assert.equal(10.6, ask(two, 10.6))
  end)

  it("wait for a task whose owner stands still, as all that is there may", function()
    ask(one, 9.9)
    assert.is_true(ask(two, 10.9) < 10.1)
    assert.equal(10.95, ask(one, 10.95))
    assert.equal(10.97, ask(two, 10.97))
  end)

  it("keep no tasks that nobody ever asks about", function()
    for i = 1, 1000 do
      order:add({ created = i, seconds = 10 })
    end
    assert.is_true(order.heap.count < 100)
  end)

  it("leave a task alone that was not added", function()
    local other = { created = 0, seconds = 20 }
    assert.equal(30, ask(other, 30))
  end)
end)
