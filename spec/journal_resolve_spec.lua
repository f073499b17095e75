-- What people decide: about outcomes that nobody knows, and about what is not
-- sent yet. Against the bill of a server that loses answers.

local fault_client = require "spec.support.fault_client"
local journals = require "spec.support.journals"

local INPUT = { prompt = "a pond" }

describe("an unknown outcome", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)
  local open = here.open

  -- A client, and the error of a create whose answer is lost.
  local function lose(key)
    local client = open { prices = { ["z-image"] = 4 } }
    fault:rule({ on = "create", act = "reset" })
    local result, err = client:generate("z-image", INPUT, { key = key })
    assert.is_nil(result)
    assert.equal("outcome_unknown", err.kind)
    return client, err
  end

  local function entry(client, key)
    return assert(client.journal:entries { key = key })()
  end

  it("is sent again by no call, here and in another client", function()
    local client = lose "a"
    for _ = 1, 2 do
      local _, err = client:generate("z-image", INPUT, { key = "a" })
      assert.equal("outcome_unknown", err.kind)
      assert.equal("maybe", err.charged)
      assert.truthy(err.message:find("journal:resolve", 1, true), err.message)
      client:close()
      client = open()
    end
    assert.equal(1, fault:stats().creates)
    local found = entry(client, "a")
    assert.equal("unknown", found.state)
    assert.equal(4, found.reserved)
    assert.equal("outcome_unknown", found.error.kind)
  end)

  it("that was nothing may be sent again", function()
    local client = lose "a"
    assert.equal(1, client.journal:resolve({ key = "a" }, "nothing"))
    assert.equal("refused", entry(client, "a").state)
    assert.equal(0, client.journal:spend().reserved)
    assert(client:generate("z-image", INPUT, { key = "a" }))
    assert.equal(2, entry(client, "a").attempts)
    assert.equal(2, fault:stats().creates)
  end)

  it("that was charged keeps its price and is not sent", function()
    local client = lose "a"
    assert.equal(1, client.journal:resolve(entry(client, "a"), "charged"))
    local found = entry(client, "a")
    assert.same({ "abandoned", 4, 0 }, { found.state, found.credits, found.reserved })
    local _, err = client:generate("z-image", INPUT, { key = "a" })
    assert.equal("not_found", err.kind)
    assert.equal(1, fault:stats().creates)
  end)

  it("that has an id is watched, once the service knows it", function()
    local client = lose "a"
    fault:make_task "lx-found"
    fault:rule({ on = "query", task = "lx-typo", body = '{"code":200,"msg":"recordInfo is null"}', times = "always" })
    local _, err = client.journal:resolve({ key = "a" }, "lx-typo")
    assert.is_table(err)
    assert.equal("unknown", entry(client, "a").state)
    assert.equal(1, client.journal:resolve({ key = "a" }, "lx-found"))
    local result = assert(client:generate("z-image", INPUT, { key = "a" }))
    assert.equal("lx-found", result.task_id)
    assert.equal(1, fault:stats().creates)
  end)

  it("is one entry's: no other takes its id", function()
    local client = lose "a"
    local result = assert(client:generate("z-image", INPUT, { key = "b" }))
    local count, err = client.journal:resolve({ key = "a" }, result.task_id)
    assert.is_nil(count)
    assert.equal("invalid_request", err.kind)
    assert.truthy(err.message:find("is another entry's", 1, true), err.message)
    assert.equal("unknown", entry(client, "a").state)
  end)

  it("is resolved for many at once, and only where it is unknown", function()
    local client = lose "a"
    for _, key in ipairs { "b", "c" } do
      fault:rule({ on = "create", act = "reset" })
      client:generate("z-image", INPUT, { key = key, batch = "night" })
    end
    assert(client:generate("z-image", INPUT, { key = "d", batch = "night" }))
    assert.equal(2, client.journal:resolve({ batch = "night" }, "nothing"))
    assert.equal("unknown", entry(client, "a").state)
    assert.equal(0, client.journal:resolve({ batch = "night" }, "nothing"))
    local count, err = client.journal:resolve({ key = "d" }, "nothing")
    assert.is_nil(count)
    assert.equal('entry "d" is succeeded; this is for entries that are unknown (journal)', tostring(err))
  end)

  it("is not resolved while the client that sends it lives", function()
    local client, other = open(), open()
    fault:rule({ on = "create", act = "hang" })
    local job = client:spawn(function()
      return client:generate("z-image", INPUT, { key = "a" })
    end)
    assert(fault:await("hanging", { at_least = 1 }, 60))
    local count, err = other.journal:resolve({ key = "a" }, "nothing")
    assert.is_nil(count)
    assert.equal("journal", err.kind)
    assert.is_true(err.retryable)
    assert.truthy(err.message:find("is being sent by a living client", 1, true), err.message)
    fault:release()
    assert(job:wait())
    assert.equal(1, fault:billed())
  end)
end)

describe("what is not sent yet", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)

  -- One create hangs on the only connection; others wait for their turn.
  local function crowd(count, has_no_keys)
    local client = here.open({ max_connections = 1 })
    local jobs = {}
    fault:rule({ on = "create", act = "hang" })
    for i = 0, count do
      jobs[i] = client:spawn(function()
        return client:generate("z-image", INPUT, {
          key = not has_no_keys and "k" .. i or nil,
          batch = i > 0 and "night" or nil,
        })
      end)
      if i == 0 then
        client:run(function()
          while fault:stats().hanging == 0 do
            client:sleep(0.01)
          end
        end)
      end
    end
    client:run(function()
      local planned
      repeat
        planned = 0
        for _ in assert(client.journal:entries { state = "planned" }) do
          planned = planned + 1
        end
      until planned == count
    end)
    return client, jobs
  end

  it("is given up by cancel, also without a key", function()
    local client, jobs = crowd(2, true)
    assert.equal(2, client.journal:cancel { batch = "night" })
    fault:release()
    assert(jobs[0]:wait())
    for i = 1, 2 do
      local result, err = jobs[i]:wait()
      assert.is_nil(result)
      assert.equal("cancelled", err.kind)
    end
    assert.equal(1, fault:stats().creates)
  end)

  it("is given up by cancel, also where somebody waits for its turn", function()
    local client, jobs = crowd(3)
    assert.equal(1, client.journal:cancel { key = "k1" })
    assert.equal(2, client.journal:cancel { batch = "night" })
    local count, err = client.journal:cancel { key = "k0" }
    assert.is_nil(count)
    assert.truthy(err.message:find('entry "k0" is sending', 1, true), err.message)
    fault:release()
    assert(jobs[0]:wait())
    for i = 1, 3 do
      local result
      result, err = jobs[i]:wait()
      assert.is_nil(result)
      assert.equal("cancelled", err.kind)
      assert.equal("no", err.charged)
      assert.truthy(err.message:find("client.journal:cancel", 1, true), err.message)
    end
    assert.equal(1, fault:billed())
    assert(client:generate("z-image", INPUT, { key = "k1" })) -- who asks again wants it again
    assert.equal(2, fault:billed())
  end)
end)
