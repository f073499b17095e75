-- Lost answers that a callback heals, in whichever process it arrives.

local fault_client = require "spec.support.fault_client"
local journals = require "spec.support.journals"
local json = require "spec.support.fault.json"
local quick = require "spec.support.quick"

local CALLBACK = "https://hooks.example/done"

describe("a lost answer", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)

  local function open()
    return here.open()
  end

  local function generate(client)
    return client:generate("z-image", { prompt = "a kite" }, { key = "kite", callBackUrl = CALLBACK })
  end

  local function lose(client)
    fault:rule({ on = "create", status = 200, cut_after = 0 })
    local result, err = generate(client)
    assert.is_nil(result)
    assert.equal("outcome_unknown", err.kind)
    return err
  end

  -- What the service posts to the callback of its first create; `task_id` and
  -- `spoil` make a forgery of it.
  local function callback(task_id, spoil)
    local create = fault:requests({ kind = "create" })[1]
    local body = json.encode {
      code = 200, msg = "success",
      data = { taskId = task_id or create.task, state = "success", param = create.body },
    }
    return spoil and spoil(body) or body
  end

  local function entry(client)
    return assert(client.journal:entries { key = "kite" })()
  end

  -- Drive the clients until the entry is in `state`.
  local function await(state, client, other)
    local deadline = os.time() + 60
    while entry(client).state ~= state do
      assert(os.time() <= deadline, "the entry does not become " .. state)
      client:step()
      if other then
        other:step()
      end
    end
  end

  it("is healed by another process, and known when its key is asked for again", function()
    lose(open())
    quick.close()
    local other = open()
    assert.is_true(other:notify(callback()))
    await("accepted", other)
    assert.equal("task_1", entry(other).task_id)
    quick.close()
    assert.equal("task_1", assert(generate(open())).task_id)
    assert.equal(1, fault:billed())
  end)

  it("is healed for who waits for it in another process", function()
    local client, other = open(), open()
    local err = lose(client)
    local job = client:spawn(function()
      local task = assert(err:wait(60))
      return task:wait()
    end)
    assert.is_true(other:notify(callback()))
    local deadline = os.time() + 60
    while job.status ~= "done" do
      assert(job.status ~= "failed" and os.time() <= deadline)
      client:step()
      other:step()
    end
    assert.equal("task_1", assert(job:wait()).task_id)
    await("succeeded", other)
  end)

  it("is healed in its own process, and its end is written down", function()
    local client = open()
    local err = lose(client)
    assert.is_true(client:notify(callback()))
    local task = assert(err:wait(60))
    assert.equal("task_1", assert(task:wait()).task_id)
    await("succeeded", client)
    assert.equal(1, fault:billed())
  end)

  it("found by a later call is waited for, too", function()
    lose(open())
    quick.close()
    local client, other = open(), open()
    local _, err = generate(client)
    assert.equal("outcome_unknown", err.kind)
    assert.is_true(other:notify(callback()))
    await("accepted", other)
    assert.equal("task_1", assert(assert(err:wait(60)):wait()).task_id)
  end)

  it("is told what a person found out", function()
    local client = open()
    local err = lose(client)
    assert.equal(1, client.journal:resolve({ key = "kite" }, "nothing"))
    local task, why = err:wait(60)
    assert.is_nil(task)
    assert.equal("no", why.charged)
    fault:clear_rules()
    assert(generate(client))
  end)

  it("is not healed by a task that the service does not know, or of another model", function()
    local client = open()
    local err = lose(client)
    assert.is_true(client:notify(callback("task_99")))
    local _, why = err:wait(0.5)
    assert.equal("deadline", why.kind)
    assert.equal("unknown", entry(client).state)
    assert(client:create({ model = "flux-2", input = { prompt = "x" } }))
    assert.is_true(client:notify(callback("task_2")))
    _, why = err:wait(0.5)
    assert.equal("deadline", why.kind)
    assert.equal("unknown", entry(client).state)
  end)

  it("is not healed by a token that nobody made", function()
    local client = open()
    lose(client)
    assert.is_true(client:notify(callback(nil, function(body)
      return (body:gsub("liangxin_token=%w", "liangxin_token=0x"))
    end)))
    local other = open()
    assert.is_true(other:notify(callback(nil, function(body)
      return (body:gsub("liangxin_token=%w", "liangxin_token=0x"))
    end)))
    for _ = 1, 3 do -- each is asked for behind what the callback asks for
      assert.equal("unknown", entry(client).state)
      assert.equal("unknown", entry(other).state)
    end
  end)
end)
