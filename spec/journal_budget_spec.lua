-- Credits in whole thousandths, prices, and ceilings that hold against the bill.

local fault_client = require "spec.support.fault_client"
local journals = require "spec.support.journals"
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

describe("a ceiling", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)

  local function open(options)
    return here.open(options)
  end

  -- The kind of error of a generate, nil where it went well; and the error.
  local function draw(client, opts, model)
    local result, err = client:generate(model or "z-image", { prompt = "x" }, opts)
    assert.is_true(result ~= nil or err.charged ~= nil)
    return err and err.kind, err
  end

  it("needs a price", function()
    local kind, err = draw(open { budget = { credits = 100 } }, {})
    assert.equal("budget", kind)
    assert.equal("no", err.charged)
    assert.truthy(err.message:find("no price is stated for z-image", 1, true), err.message)
    assert.equal(0, fault:stats().creates)
  end)

  it("is passed by no thousandth, and holds in every process", function()
    local client = open { budget = { credits = 0.3 }, prices = { ["z-image"] = 0.1 } }
    assert.is_nil(draw(client, { key = "a" }))
    assert.is_nil(draw(client, { key = "b" }))
    client:close()
    client = open { budget = { credits = 0.3 }, prices = { ["z-image"] = 0.1 } }
    assert.equal("budget", draw(client, { price = 0.101 }))
    assert.is_nil(draw(client, { key = "c" }))
    local kind, err = draw(client, { key = "d" })
    assert.equal("budget", kind)
    assert.truthy(err.message:find("of 0.3 credits would be passed: 0.3 are used or reserved", 1, true), err.message)
    assert.is_nil(draw(client, { key = "a" })) -- known
    assert.equal(3, fault:billed())
  end)

  it("of a day is another one than the total, and so is one of another name", function()
    local prices = { ["z-image"] = 1 }
    assert.is_nil(draw(open { prices = prices, budget = { credits = 1, per = "day" } }, {}))
    assert.is_nil(draw(open { prices = prices, budget = { credits = 1 } }, {}))
    assert.is_nil(draw(open { prices = prices, budget = { credits = 1, name = "studio" } }, {}))
    local kind, err = draw(open { prices = prices, budget = { credits = 1, per = "day" } }, {})
    assert.equal("budget", kind)
    assert.truthy(err.message:find("a day would be passed", 1, true), err.message)
    kind, err = draw(open { prices = prices, budget = { credits = 1, name = "studio" } }, {})
    assert.equal("budget", kind)
    assert.truthy(err.message:find('the ceiling "studio" of ' .. fault.base_url, 1, true), err.message)
  end)

  it("counts what the service charged in the place of the price", function()
    fault:rule({ on = "query", body = '{"code":200,"data":{"taskId":"lx-1","state":"success",'
      .. '"creditsConsumed":2.5,"resultJson":"{\\"resultUrls\\":[\\"' .. fault.base_url .. '/files/a.png\\"]}"}}' })
    local client = open { budget = { credits = 3.5 }, prices = { ["z-image"] = 1 } }
    assert.is_nil(draw(client, {}))
    local spend = assert(client.journal:spend())
    assert.equal(2.5, spend.charged)
    assert.equal(0, spend.reserved)
    assert.is_nil(draw(client, {}))
    assert.equal("budget", draw(client, {}))
  end)

  it("gives back what was not sent", function()
    local client = open { budget = { credits = 1 }, prices = { ["z-image"] = 1 } }
    fault:rule({ on = "create", status = 422, body = '{"code":422,"msg":"no"}' })
    assert.equal("rejected", draw(client, { key = "a" }))
    assert.equal(0, client.journal:spend().reserved)
    assert.is_nil(draw(client, { key = "a" }))
    assert.equal(1, client.journal:spend().charged)
  end)

  it("of a batch, of a key and of a call has a name of its own", function()
    local client = open { prices = { ["z-image"] = 1 } }
    assert.is_nil(draw(client, { batch = "night", key = "a", max_credits = 2 }))
    assert.is_nil(draw(client, { batch = "night", key = "b", max_credits = 2 }))
    local kind, err = draw(client, { batch = "night", key = "c", max_credits = 2 })
    assert.equal("budget", kind)
    assert.truthy(err.message:find("of the batch night", 1, true), err.message)
    assert.is_nil(draw(client, { batch = "day", key = "d", max_credits = 2 }))
    assert.equal("budget", draw(client, { key = "e", max_credits = 0.5 }))
    kind, err = draw(client, { max_credits = 0.5 })
    assert.equal("budget", kind)
    assert.truthy(err.message:find("more than max_credits allows", 1, true), err.message)
    kind, err = draw(client, { max_credits = 0.5 }, "flux-pro")
    assert.equal("budget", kind)
    assert.truthy(err.message:find("no price is stated for flux-pro", 1, true), err.message)
    assert.is_nil(draw(client, { max_credits = 1 }))
    assert.equal(4, fault:billed())
  end)

  it("of the key counts its attempts", function()
    local client = open { prices = { ["z-image"] = 1 } }
    fault:service({ outcome = "fail" })
    assert.equal("task_failed", draw(client, { key = "a", max_credits = 2 }))
    assert.equal("task_failed", draw(client, { key = "a", max_credits = 2 })) -- as recorded
    assert.equal(1, fault:billed())
    assert.equal("task_failed", draw(client, { key = "a", max_credits = 2, retry_failed = true }))
    assert.equal("budget", draw(client, { key = "a", max_credits = 2, retry_failed = true }))
    assert.equal(2, fault:billed())
  end)
end)
