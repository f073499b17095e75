-- The heap: what is due first comes first.

local heap = require("liangxin.sandbox.heap")
local random = require("liangxin.sandbox.random")

describe("heap", function()
  it("gives items by when they are due, equal ones in turn", function()
    local items = heap.new()
    local next_random = random.generator(1)
    local wanted = {}
    for i = 1, 500 do
      wanted[i] = { number = i, due = next_random() % 50 }
      items:push(wanted[i], wanted[i].due)
    end
    table.sort(wanted, function(a, b)
      return a.due < b.due or (a.due == b.due and a.number < b.number)
    end)
    for i = 1, 500 do
      local first, due = items:first()
      assert.equal(wanted[i], first)
      assert.equal(wanted[i].due, due)
      assert.equal(first, items:pop())
    end
    assert.is_nil(items:first())
  end)
end)
