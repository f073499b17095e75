-- The library's next and pairs do what the built-in ones do, under each Lua; and
-- so does what stands in for them where a compiler breaks them.

local core = require("liangxin.core")
local walk = require("liangxin.walk")

local TABLES = {
  {}, { 1, 2, 3 }, { 1, nil, 3 }, { n = 1 }, { 1, a = false, [true] = "b", [1.5] = {} }, { 0, [0] = 1, [-1] = 2 },
}

-- The steps of the built-in next, which goes the same way each time.
local function steps_of(step, t)
  local out = {}
  local key, value = step(t)
  while key ~= nil do
    out[#out + 1] = { key, value }
    key, value = step(t, key)
  end
  return out
end

for name, step in pairs({ ["core.next"] = core.next, ["walk.next"] = walk.next }) do
  describe(name, function()
    it("steps as the built-in next", function()
      for _, t in ipairs(TABLES) do
        assert.same(steps_of(next, t), steps_of(step, t))
      end
      assert.equal(1, select("#", step({})))
    end)

    it("lets a loop empty its table", function()
      local t, count = { 1, 2, a = 1, b = 2 }, 0
      for key in step, t do
        t[key] = nil
        count = count + 1
      end
      assert.equal(4, count)
      assert.is_nil(next(t))
    end)

    it("raises for what is no table, and for a key that is not in it", function()
      assert.is_false(pcall(step))
      assert.is_false(pcall(step, 1))
      assert.is_false(pcall(step, "x"))
      assert.is_false(pcall(step, {}, "x"))
    end)
  end)
end

describe("walk.pairs", function()
  it("visits each element", function()
    for _, t in ipairs(TABLES) do
      local out = {}
      for key, value in walk.pairs(t) do
        out[#out + 1] = { key, value }
      end
      assert.same(steps_of(next, t), out)
    end
  end)
end)
