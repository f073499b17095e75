-- What a client leaves in its journal when it is closed in the middle.

local fault_client = require "spec.support.fault_client"
local journals = require "spec.support.journals"
local quick = require "spec.support.quick"

describe("a client that is closed", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)
  local open = here.open

  local COUNT = 20

  -- COUNT creates, with keys or without, on a client that may send one in an hour.
  local function wait_in_line(client, has_keys, price)
    for i = 1, COUNT do
      client:spawn(client.generate, client, "z-image", { prompt = "number " .. i }, {
        key = has_keys and "number " .. i or nil,
        price = price,
      })
    end
    repeat
      client:step()
      local entries = client:spawn(client.journal.entries, client.journal, { state = { "planned", "accepted" } })
      local count = 0
      for _ in assert(entries:wait()) do
        count = count + 1
      end
    until count == COUNT
  end

  local function count(client, state)
    local found = 0
    for _ in assert(client.journal:entries { state = state }) do
      found = found + 1
    end
    return found
  end

  it("leaves what has a key and was not sent to be sent", function()
    fault:service({ polls_until_success = 1e9 })
    wait_in_line(open { max_requests_per_second = 0.001 }, true)
    quick.close()
    local client = open()
    assert.equal(COUNT - 1, count(client, "planned"))
    assert.equal(1, fault:billed())
    fault:service({ polls_until_success = 0 })
    fault:task("task_1", { polls_until_success = 0 })
    for i = 1, COUNT do
      assert(client:generate("z-image", { prompt = "number " .. i }, { key = "number " .. i }))
    end
    assert.equal(COUNT, fault:billed())
    assert.equal(COUNT, count(client, "succeeded"))
  end)

  it("gives back what was reserved for what nobody can ask for again", function()
    fault:service({ polls_until_success = 1e9 })
    wait_in_line(open { max_requests_per_second = 0.001, budget = { credits = 1000 } }, false, 10)
    quick.close()
    local client = open()
    assert.equal(COUNT - 1, count(client, "refused"))
    assert.equal(10, assert(client.journal:spend {}).reserved)
    assert.equal(1, fault:billed())
  end)

  it("takes what was on its way for unknown", function()
    fault:rule({ on = "create", act = "hang" })
    local client = open()
    client:spawn(client.generate, client, "z-image", { prompt = "lost" }, { key = "lost" })
    while fault:stats().creates == 0 do
      client:step()
    end
    quick.close()
    assert.equal(1, count(open(), "unknown"))
  end)

  it("leaves a task that it watched to the next", function()
    fault:service({ polls_until_success = 1e9 })
    local client = open()
    local task = assert(client:create({ model = "z-image", input = { prompt = "slow" } }, { key = "slow" }))
    quick.close()
    client = open()
    fault:task(task.id, { polls_until_success = 0 })
    local result = assert(client:generate("z-image", { prompt = "slow" }, { key = "slow" }))
    assert.equal(task.id, result.task_id)
    assert.equal(1, fault:billed())
  end)
end)
