-- What a key says that another request has, or that a person has resolved, was
-- misleading: it named `input` where another member differs, and told that a task
-- may exist where it was called charged. What succeeded, or was lost, at another
-- attempt had the error of the first.

local fault_client = require "spec.support.fault_client"
local journals = require "spec.support.journals"
local quick = require "spec.support.quick"

describe("a key", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)
  local INPUT = { prompt = "a pond" }

  it("names what differs beside the input", function()
    local client = here.open()
    assert(client:create({ model = "z-image", input = INPUT }, { key = "pond" }))
    local _, err = client:create({ model = "z-image", input = INPUT, quality = "high" }, { key = "pond" })
    assert.equal("invalid_request", err.kind)
    assert.truthy(err.message:find("another request's: quality differs", 1, true), err.message)
  end)

  it("that was called charged says so", function()
    local client = here.open { prices = { ["z-image"] = 4 } }
    fault:rule { on = "create", act = "close" }
    assert.is_nil(client:generate("z-image", INPUT, { key = "pond" }))
    assert.equal(1, client.journal:resolve({ key = "pond" }, "charged"))
    local _, err = client:generate("z-image", INPUT, { key = "pond" })
    assert.same({ "not_found", "yes" }, { err.kind, err.charged })
    assert.truthy(err.message:find("charged, and nothing is to be had", 1, true), err.message)
    assert.truthy(err.message:find("retry_failed = true", 1, true), err.message)
    assert.falsy(err.message:find("may exist", 1, true), err.message)
  end)

  it("that succeeded at another attempt has no error", function()
    local client = here.open()
    fault:service { outcome = "fail" }
    assert.is_nil(client:generate("z-image", INPUT, { key = "pond" }))
    assert.equal("task_failed", assert(client.journal:entries())().error.kind)
    fault:service { outcome = "success" }
    assert(client:generate("z-image", INPUT, { key = "pond", retry_failed = true }))
    local entry = assert(client.journal:entries())()
    assert.same({ "succeeded", nil }, { entry.state, entry.error })
  end)

  it("that is unknown at another attempt has not the error of the first", function()
    fault:service { outcome = "fail", fail_msg = "no such style" }
    local client = here.open()
    assert.is_nil(client:generate("z-image", INPUT, { key = "pond" }))
    fault:rule { on = "create", act = "hang" }
    client:spawn(client.generate, client, "z-image", INPUT, { key = "pond", retry_failed = true })
    while fault:stats().creates < 2 do
      client:step()
    end
    quick.close()
    client = here.open()
    local _, err = client:generate("z-image", INPUT, { key = "pond" })
    assert.equal("outcome_unknown", err.kind)
    assert.falsy(err.message:find("no such style", 1, true), err.message)
    local entry = assert(client.journal:entries())()
    assert.same({ "unknown", nil }, { entry.state, entry.error })
  end)
end)
