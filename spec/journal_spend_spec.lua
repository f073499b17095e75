-- What the journal says was spent, against what the server billed.

local fault_client = require "spec.support.fault_client"
local journals = require "spec.support.journals"

describe("client.journal:spend", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)

  local function open(options)
    options = options or {}
    options.prices = { ["z-image"] = 4.2, ["kling-v3-pro"] = 40 }
    return here.open(options)
  end

  local function draw(client, model, opts)
    return client:generate(model, { prompt = "x" }, opts)
  end

  it("tells by model, batch and day", function()
    local client = open()
    assert(draw(client, "z-image", { batch = "night" }))
    assert(draw(client, "z-image"))
    assert(draw(client, "kling-v3-pro", { batch = "night" }))
    assert(draw(client, "flux-pro")) -- nobody says what it costs
    local by_model = assert(client.journal:spend())
    assert.same({
      { model = "flux-pro", attempts = 1, charged = 0, reserved = 0 },
      { model = "kling-v3-pro", attempts = 1, charged = 40, reserved = 0 },
      { model = "z-image", attempts = 2, charged = 8.4, reserved = 0 },
      attempts = 4, charged = 48.4, reserved = 0,
    }, by_model)
    local by_batch = assert(client.journal:spend { by = "batch" })
    assert.same({ batch = "", attempts = 2, charged = 4.2, reserved = 0 }, by_batch[1])
    assert.same({ batch = "night", attempts = 2, charged = 44.2, reserved = 0 }, by_batch[2])
    local by_day = assert(client.journal:spend { by = "day" })
    assert.matches("^%d%d%d%d%-%d%d%-%d%d$", by_day[1].day)
    assert.equal(48.4, by_day.charged)
    assert.equal(fault:billed(), by_model.attempts)
  end)

  it("tells since a time", function()
    local client = open()
    assert(draw(client, "z-image"))
    assert.equal(4.2, client.journal:spend({ since = os.time() - 3600 }).charged)
    assert.same({ attempts = 0, charged = 0, reserved = 0 }, client.journal:spend { since = os.time() + 3600 })
  end)

  it("keeps reserved what is under way or unknown, and counts each attempt", function()
    local client = open()
    fault:rule({ on = "create", act = "reset" })
    assert.is_nil(draw(client, "z-image", { key = "a" }))
    assert.same({ 0, 4.2 }, { client.journal:spend().charged, client.journal:spend().reserved })
    client.journal:resolve({ key = "a" }, "charged")
    assert(draw(client, "z-image", { key = "a", retry_failed = true }))
    local spend = assert(client.journal:spend())
    assert.same({ 2, 8.4, 0 }, { spend.attempts, spend.charged, spend.reserved })
    assert.equal(8.4, assert(client.journal:entries { key = "a" })().credits)
  end)

  it("of one origin leaves out another's", function()
    assert(draw(open(), "z-image", { key = "a" }))
    local other = open { base_url = fault.other_url }
    assert.equal(0, other.journal:spend().attempts)
    assert.is_nil(assert(other.journal:entries())())
    assert(draw(other, "z-image", { key = "a" })) -- its own
    assert.equal(2, fault:billed())
    assert.equal(4.2, other.journal:spend().charged)
  end)
end)
