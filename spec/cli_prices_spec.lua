-- What models cost: by the gateway's page and by the config file.

local cli = require("spec.support.cli")
local fault_client = require("spec.support.fault_client")
local json = require("liangxin.cli.json")
local prices = require("liangxin.cli.prices")
local sandbox_client = require("spec.support.sandbox_client")

local it_runs = cli.has_shell and it or pending

describe("a page of prices", function()
  local function page(rows, ratios)
    return json.encode({ success = true, data = rows, group_ratio = ratios })
  end

  it("gives credits for a task", function()
    assert.same(
      { a = 4.2, b = 0 },
      prices.read(page({
        { model_name = "a", quota_type = 1, model_price = 4.2, enable_groups = { "default" } },
        { model_name = "b", quota_type = 1, model_price = "0" },
        { model_name = "by the token", quota_type = 0, model_ratio = 2, model_price = 0 },
      }, { default = 1 }))
    )
  end)

  it("counts the group's ratio: the default one's, else the dearest", function()
    local rows = {
      { model_name = "a", quota_type = 1, model_price = 10, enable_groups = { "vip", "default" } },
      { model_name = "b", quota_type = 1, model_price = 10, enable_groups = { "vip", "svip", "none" } },
      { model_name = "c", quota_type = 1, model_price = 10, enable_groups = {} },
    }
    assert.same({ a = 5, b = 30, c = 10 }, prices.read(page(rows, { default = 0.5, vip = 2, svip = 3 })))
  end)

  it("is none, or has rows that are none", function()
    for _, text in ipairs({ "", "<html>", "[]", "{}", '{"data":null}', '{"data":"x"}' }) do
      assert.is_nil(prices.read(text))
    end
    local rows = {
      1,
      "x",
      { model_name = 5, quota_type = 1, model_price = 1 },
      { model_name = "minus", quota_type = 1, model_price = -1 },
      { model_name = "much", quota_type = 1, model_price = 1e300 },
      { model_name = "text", quota_type = 1, model_price = "free" },
    }
    assert.same({}, prices.read(page(rows)))
  end)
end)

describe("liangxin generate --dry-run", function()
  it_runs("takes the gateway's prices where the config file has none", function()
    local home = cli.home()
    local box = sandbox_client.start({ prices = { ["z-image"] = 4.25 } })
    home:use(box)
    local said = home:run("generate z-image x -n 2 --dry-run")
    assert.matches("2 x z-image: 8.5 credits, 4.25 each", said.err, 1, true)
    home:write("rows.csv", "model,prompt\nz-image,a\nz-image,b\nz-image,c\n")
    assert.matches("3 x z-image: 12.75 credits, 4.25 each", home:run("batch rows.csv --dry-run").err, 1, true)
    assert.equal(2, #box.requests())
    home:write("config/liangxin/config.lua", "return { prices = { ['z-image'] = 1 } }")
    assert.matches("2 credits, 1 each", home:run("generate z-image x -n 2 --dry-run").err, 1, true)
    assert.equal(2, #box.requests())
    home.env.LIANGXIN_API_KEY = nil -- and without a key
    home:write("config/liangxin/config.lua", "return {}")
    assert.matches("no price is known", home:run("generate z-image x --dry-run").err, 1, true)
    home:remove()
    sandbox_client.stop_all()
  end)
end)

describe("liangxin models --prices", function()
  local fault = fault_client.serve()
  local home

  before_each(function()
    home = cli.home()
  end)

  after_each(function()
    home:remove()
    sandbox_client.stop_all()
  end)

  it_runs("lists what the gateway says, and the config file first", function()
    home:use(sandbox_client.start({ prices = { ["z-image"] = 4.25, ["kling-v3-pro"] = 40 } }))
    home:write("config/liangxin/config.lua", 'return { prices = { ["kling-v3-pro"] = 41, ["of-my-own"] = 3 } }')
    local said = home:run("models --prices")
    assert.same({ 0, "" }, { said.status, said.err })
    for _, line in ipairs({ "z%-image +4.25", "kling%-v3%-pro +41", "of%-my%-own +3" }) do
      assert.matches("%f[^\n%z]" .. line .. "\n", said.out)
    end
    assert.same({ id = "z-image", credits = 4.25 }, json.decode(home:run("models z-image --prices --json").out))
  end)

  it_runs("reads a page of a thousand models", function()
    local rows = {}
    for i = 1, 1000 do
      rows[i] = { model_name = "model-" .. i, quota_type = 1, model_price = i, note = ("x"):rep(200) }
    end
    fault:rule({ on = "other", path = "/api/pricing", body = json.encode({ success = true, data = rows }) })
    local said = home:use(fault):run("models model-1000 --prices")
    assert.equal("", said.err)
    assert.matches("^model%-1000 +1000\n$", said.out)
    assert.equal(1, #fault:requests())
  end)

  it_runs("says so where no price is known", function()
    local said = home:use(fault):run("-v models --prices") -- 404
    assert.same({ 1, "" }, { said.status, said.out })
    assert.matches("no price is known", said.err)
    said = home:use({ base_url = fault.refused_url }):run("-v models z-image --prices")
    assert.equal(1, said.status)
    assert.matches("could not be reached", said.err)
    assert.matches("no price is known of z-image", said.err, 1, true)
  end)

  it_runs("asks nobody without address and key", function()
    home:write("config/liangxin/config.lua", 'return { prices = { ["z-image"] = 4 } }')
    local said = home:run("models --prices")
    assert.same({ 0, "" }, { said.status, said.err })
    assert.matches("^z%-image +4\n$", said.out)
  end)
end)
