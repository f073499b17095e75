-- client:task(id) saw the end of a task that is an entry's of the journal, and the
-- entry stayed accepted: nothing of it was written unless its files were saved.

local fault_client = require("spec.support.fault_client")
local journals = require("spec.support.journals")

local INPUT = { prompt = "a pond" }

describe("a task of an entry that is watched by its id alone", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)

  local function entry_of(client)
    return assert(client.journal:entries({ key = "pond" }))()
  end

  -- What a client that is gone has left: the id of its task, which ends like that.
  local function leave(script)
    fault:service({ polls_until_success = 1000000 })
    local client = here.open({ prices = { ["z-image"] = 4 } })
    local id = assert(client:create({ model = "z-image", input = INPUT }, { key = "pond" })).id
    client:close()
    fault:task(id, script)
    return id
  end

  -- Watch it, and look at its entry when that client is gone.
  local function watch(id)
    local client = here.open()
    local result, err = client:task(id):wait()
    client:close()
    client = here.open()
    return client, result, err
  end

  it("writes its success", function()
    local id = leave({ polls_until_success = 0 })
    local client, result = watch(id)
    assert.equal(id, result.task_id)
    local entry = entry_of(client)
    assert.same({ "succeeded", id, 0 }, { entry.state, entry.task_id, entry.reserved })
    local queries = fault:stats().queries
    assert.same(result.urls, assert(client:generate("z-image", INPUT, { key = "pond" })).urls)
    assert.equal(queries, fault:stats().queries)
    assert.same({}, client:resume())
    assert.equal(1, fault:billed())
  end)

  it("writes its failure", function()
    local client, _, err = watch(leave({ polls_until_success = 0, outcome = "fail" }))
    assert.equal("task_failed", err.kind)
    assert.equal("failed", entry_of(client).state)
    local _, again = client:generate("z-image", INPUT, { key = "pond" })
    assert.equal("task_failed", again.kind)
    assert.equal(1, fault:stats().creates)
  end)

  it("writes it beside the client that has the entry", function()
    fault:service({ polls_until_success = 1000000 })
    local owner, other = here.open(), here.open()
    local job = owner:spawn(owner.generate, owner, "z-image", INPUT, { key = "pond" })
    local id
    owner:run(function()
      repeat
        owner:sleep(0.01)
        local entry = entry_of(owner)
        id = entry and entry.task_id
      until id
    end)
    fault:task(id, { polls_until_success = 0 })
    local result = assert(other:task(id):wait())
    assert.same(result.urls, assert(job:wait()).urls)
    owner:close()
    other:close()
    assert.equal("succeeded", entry_of(here.open()).state)
  end)

  it("leaves alone what is no entry's", function()
    fault:make_task("elsewhere", { polls_until_success = 0 })
    local client, result = watch("elsewhere")
    assert.equal("elsewhere", result.task_id)
    assert.is_nil(assert(client.journal:entries())())
  end)
end)
