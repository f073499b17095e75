-- A callback for a first attempt, which a person had called nothing, came after the
-- second one had lost its answer: the entry followed the first, and nobody could say
-- what came of the second, whose reservation stayed for ever.

local fault_client = require("spec.support.fault_client")
local journals = require("spec.support.journals")
local json = require("spec.support.fault.json")

describe("an attempt that its entry does not follow any more", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)
  local client, creates

  local function entry()
    return assert(client.journal:entries({ key = "kite" }))()
  end

  local function generate()
    return client:generate("z-image", { prompt = "a kite" },
      { key = "kite", callBackUrl = "https://hooks.example/done" })
  end

  local function await(is_so)
    local deadline = os.time() + 60
    while not is_so() do
      assert(os.time() <= deadline)
      client:sleep(0.01)
    end
  end

  local function call_back(create)
    assert.is_true(client:notify(json.encode({
      code = 200, msg = "success",
      data = { taskId = create.task, state = "success", param = create.body },
    })))
  end

  -- Two creates whose answers are lost, and a callback of the first one.
  before_each(function()
    fault:service({ polls_until_success = 0 })
    client = here.open({ prices = { ["z-image"] = 4 } })
    for attempt = 1, 2 do
      fault:rule({ on = "create", status = 200, cut_after = 0 })
      local _, err = generate()
      assert.equal("outcome_unknown", err.kind)
      if attempt == 1 then
        assert.equal(1, client.journal:resolve({ key = "kite" }, "nothing"))
      end
    end
    creates = fault:requests({ kind = "create" })
    call_back(creates[1])
    await(function()
      return entry().task_id == creates[1].task
    end)
    assert.equal(creates[1].task, assert(generate()).task_id)
    await(function()
      return entry().state == "succeeded"
    end)
    local row = entry()
    assert.same({ 1, 2, 1, 4 }, { row.attempt, row.attempts, row.lost, row.reserved })
  end)

  it("may have made nothing", function()
    assert.equal(1, client.journal:resolve({ key = "kite" }, "nothing"))
    local row = entry()
    assert.same({ "succeeded", 0, 0 }, { row.state, row.reserved, row.credits })
    assert.is_nil(row.lost)
    local _, err = client.journal:resolve({ key = "kite" }, "nothing")
    assert.truthy(err.message:find("is succeeded; this is for entries that are unknown", 1, true), err.message)
  end)

  it("is reached with all others, and found", function()
    fault:rule({ on = "create", act = "reset" })
    local _, err = client:generate("z-image", { prompt = "a pond" }, { key = "pond" })
    assert.equal("outcome_unknown", err.kind)
    local keys = {}
    for found in assert(client.journal:entries({ lost = true })) do
      keys[#keys + 1] = found.key
    end
    assert.same({ "kite" }, keys)
    assert.equal(0, client.journal:resolve({ state = "failed" }, "nothing"))
    assert.equal(2, client.journal:resolve({}, "nothing"))
    assert.equal(0, client.journal:spend().reserved)
    assert.is_nil(entry().lost)
    assert.is_nil(assert(client.journal:entries({ lost = true }))())
    assert.equal("refused", assert(client.journal:entries({ key = "pond" }))().state)
  end)

  it("is reached alone", function()
    assert.equal(0, client.journal:resolve({ lost = true, batch = "night" }, "charged"))
    assert.equal(1, client.journal:resolve({ lost = true }, "charged"))
    assert.same({ "succeeded", 0, 4 }, { entry().state, entry().reserved, entry().credits })
  end)

  it("may have been charged", function()
    assert.equal(1, client.journal:resolve(entry(), "charged"))
    local row = entry()
    assert.same({ "succeeded", 0, 4 }, { row.state, row.reserved, row.credits })
    assert.is_nil(row.lost)
  end)

  it("may have made a task of its own", function()
    assert.equal(1, client.journal:resolve({ key = "kite" }, creates[2].task))
    local row = entry()
    assert.equal(creates[1].task, row.task_id)
    assert.is_nil(row.lost)
    assert.equal("kite", assert(client.journal:entries({ task_id = creates[2].task }))().key)
  end)

  it("is named by its own callback", function()
    call_back(creates[2])
    await(function()
      return entry().lost == nil
    end)
    assert.equal("kite", assert(client.journal:entries({ task_id = creates[2].task }))().key)
    assert.equal("succeeded", entry().state)
  end)
end)
