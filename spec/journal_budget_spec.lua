-- Credits in whole thousandths, ceilings and prices.

local money = require "liangxin.journal.money"

describe("credits", function()
  it("are counted in thousandths, which no sum loses", function()
    assert.equal(4200, money.price(4.2))
    assert.equal(4350, money.price(4.35))
    assert.equal(0, money.price(0))
    for thousandths = 0, 20000, 7 do
      assert.equal(thousandths, money.price(thousandths / 1000))
      assert.equal(thousandths, money.ceiling(thousandths / 1000))
    end
    assert.equal(money.CREDITS_MAX * 1000, money.price(money.CREDITS_MAX))
  end)

  it("are never reserved too low nor allowed too high", function()
    assert.equal(1, money.price(0.0001))
    assert.equal(334, money.price(1 / 3))
    assert.equal(0, money.ceiling(0.0009))
    assert.equal(333, money.ceiling(1 / 3))
  end)

  it("are shown as they were given", function()
    assert.equal("4.2", tostring(money.credits(4200)))
    assert.equal("100", tostring(money.credits(100000)))
    assert.is_nil(money.credits(nil))
  end)
end)
