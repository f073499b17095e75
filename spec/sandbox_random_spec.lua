-- Numbers that look random and are the same on every Lua.

local random = require("liangxin.sandbox.random")

describe("the sandbox's numbers", function()
  it("are the same on every Lua", function()
    assert.equal(1378786693, random.hash("tea"))
    assert.equal(3619181922, random.hash("tea", 7))
    local next_number = random.generator(1)
    assert.same({ 11729730, 15811503 }, { next_number(), next_number() })
  end)

  it("stay in their range and fill it", function()
    local next_number, halves = random.generator(2), { 0, 0 }
    for _ = 1, 1000 do
      local number = next_number()
      assert.is_true(number >= 0 and number < 2 ^ 24 and number % 1 == 0)
      local half = number < 2 ^ 23 and 1 or 2
      halves[half] = halves[half] + 1
    end
    assert.is_true(halves[1] > 400 and halves[2] > 400)
  end)

  it("differ with the seed", function()
    assert.not_equal(random.generator(1)(), random.generator(2)())
    assert.not_equal(random.hash("a"), random.hash("b"))
  end)
end)
