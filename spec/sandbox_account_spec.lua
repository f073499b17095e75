-- The account behind the sandbox's key: prices, a balance that runs out, and
-- the gateway's pages about both.

local client = require("spec.support.sandbox_client")
local json = require("cjson").new()
local liangxin = require("liangxin")

local function get(box, path, headers)
  local status, body = client.fetch(box, "GET", path, nil, headers)
  return status, json.decode(body)
end

local function create(box, model)
  return client.create(box, { model = model, input = { prompt = "tea" } })
end

describe("sandbox account", function()
  after_each(client.stop_all)

  it("charges a price for each model and shows it in the record", function()
    local box = client.start({ seconds = 0, prices = { ["z-image"] = 2.25 } })
    local cheap = client.created(box, { prompt = "tea" })
    local other =
      client.created(box, { prompt = "tea" }, "imagen4-fast")
    assert.equal(2.25, client.query(box, cheap).data.creditsConsumed)
    assert.equal(8.5, client.query(box, other).data.creditsConsumed)
    local _, usage = get(box, "/api/usage/token/")
    assert.equal(10.75 * 500000, usage.data.total_used)
    assert.is_true(usage.data.unlimited_quota)
  end)

  it("takes one price for all models", function()
    local box = client.start({ seconds = 0, prices = 3 })
    local id = client.created(box, { prompt = "tea" })
    assert.equal(3, client.query(box, id).data.creditsConsumed)
  end)

  it("runs out: 403 in the platform's shape, nothing billed", function()
    local box = client.start({ balance = 20 })
    assert.equal(200, (create(box, "z-image")))
    assert.equal(200, (create(box, "z-image")))
    local status, answer = create(box, "z-image")
    assert.equal(403, status)
    assert.equal("insufficient_user_quota", answer.error.code)
    assert.matches("＄3.000000", answer.error.message, 1, true)
    assert.equal(2, box.counters().billed)
    local _, usage = get(box, "/api/usage/token/")
    assert.same({ 20 * 500000, 17 * 500000, 3 * 500000, false }, {
      usage.data.total_granted,
      usage.data.total_used,
      usage.data.total_available,
      usage.data.unlimited_quota,
    })
    box.reset()
    assert.equal(200, (create(box, "z-image")))
  end)

  it("is out of credits for the client, too", function()
    local box = client.start({ speed = 1000, balance = 0 })
    local c = liangxin.new(box.options)
    local result, err = c:generate("z-image", { prompt = "tea" })
    c:close()
    assert.is_nil(result)
    assert.equal("quota", err.kind)
    assert.equal("no", err.charged)
    assert.equal(0, box.counters().billed)
  end)

  it("wants the key for its own pages, as the gateway does", function()
    local box = client.start()
    for _, path in ipairs({ "/api/usage/token/", "/v1/models" }) do
      assert.equal(401, (get(box, path, {})))
      assert.equal(200, (get(box, path)))
    end
    for _, path in ipairs({ "/api/pricing", "/api/status" }) do
      assert.equal(200, (get(box, path, {})))
    end
  end)

  it("lists the catalogue's models with their prices", function()
    local box = client.start({ prices = { ["kling-v3-pro"] = 99.5 } })
    local _, listed = get(box, "/v1/models")
    local _, pricing = get(box, "/api/pricing")
    local _, status = get(box, "/api/status")
    assert.equal("list", listed.object)
    assert.equal(500000, status.data.quota_per_unit)
    assert.equal(1, pricing.group_ratio.default)
    local catalogue = liangxin.models.list()
    assert.equal(#catalogue, #listed.data)
    assert.equal(#catalogue, #pricing.data)
    for i, row in ipairs(catalogue) do
      local price = row.id == "kling-v3-pro" and 99.5
        or row.kind == "video" and 120
        or 8.5
      assert.equal(row.id, listed.data[i].id)
      assert.equal(row.id, pricing.data[i].model_name)
      assert.equal(1, pricing.data[i].quota_type)
      assert.equal(price, pricing.data[i].model_price)
    end
  end)
end)
