-- generate waits once, for the task's end: what it returns when that wait ends
-- before the task has an id, between its id and its end, and what goes on then.

local liangxin = require("liangxin")
local fault_client = require("spec.support.fault_client")
local quick = require("spec.support.quick")

describe("client:generate", function()
  local fault = fault_client.serve()

  before_each(function()
    fault:service({ polls_until_success = 0 })
  end)

  after_each(quick.close)

  local function generate(client, opts)
    return client:generate("z-image", { prompt = "x" }, opts)
  end

  -- A job in generate whose POST the server has, and holds.
  local function held_job(client, opts)
    fault:rule({ on = "create", act = "hang" })
    local job = client:spawn(generate, client, opts)
    assert(fault:await("hanging", { at_least = 1 }))
    return job
  end

  local function drive_until(client, is_reached)
    local limit = liangxin.now() + 60
    while not is_reached() do
      assert.is_true(liangxin.now() < limit, "it does not come to that")
      client:poll(1)
    end
  end

  local function settle(client)
    drive_until(client, function()
      return client:pending() == 0
    end)
  end

  it("is one POST, and as many questions as it takes", function()
    local client = quick.client(fault)
    local result = assert(generate(client))
    assert.equal("task_1", result.task_id)
    assert.same({ creates = 1, queries = 1, billed = 1 }, quick.counts(fault))
  end)

  it("ends as the create did when that was refused", function()
    fault:rule({ on = "create", status = 422, body = '{"code":422,"msg":"no such model"}' })
    local result, err = generate(quick.client(fault))
    assert.is_nil(result)
    assert.same({ "rejected", "no", nil }, { err.kind, err.charged, err.task })
    assert.same({ creates = 1, queries = 0, billed = 0 }, quick.counts(fault))
  end)

  it("says that the outcome is unknown when the answer was lost", function()
    fault:rule({ on = "create", act = "reset" })
    local _, err = generate(quick.client(fault))
    assert.same({ "outcome_unknown", "maybe", nil }, { err.kind, err.charged, err.task })
    assert.same({ creates = 1, queries = 0, billed = 1 }, quick.counts(fault))
  end)

  it("cancelled during the POST ends at once; the id still arrives, and no query is sent", function()
    local client = quick.client(fault)
    local ids = {}
    local job = held_job(client, { on_created = function(id)
      ids[#ids + 1] = id
    end })
    job:cancel()
    assert.equal("cancelled", job.status)
    local _, err = job:wait()
    assert.same({ "cancelled", "maybe" }, { err.kind, err.charged })
    fault:release()
    drive_until(client, function()
      return ids[1]
    end)
    assert.same({ "task_1" }, ids)
    assert.equal("task_1", err.task_id)
    settle(client)
    assert.same({ creates = 1, queries = 0, billed = 1 }, quick.counts(fault))
    assert.equal("task_1", assert(err.task:wait()).task_id)
    assert.same({ creates = 1, queries = 1, billed = 1 }, quick.counts(fault))
  end)

  it("cancelled while on_created waits: nobody asks about the task after that", function()
    local client = quick.client(fault)
    local heard
    local job = client:spawn(generate, client, { on_created = function(id)
      heard = id
      client:sleep(0.05)
      heard = id .. " done"
    end })
    drive_until(client, function()
      return heard
    end)
    job:cancel()
    assert.equal("cancelled", select(2, job:wait()).kind)
    settle(client)
    assert.equal("task_1 done", heard)
    assert.same({ creates = 1, queries = 0, billed = 1 }, quick.counts(fault))
  end)

  it("cancelled while the task is asked about: the error has the live task", function()
    fault:service({ polls_until_success = 1000 })
    local client = quick.client(fault)
    local job = client:spawn(generate, client)
    assert(fault:await("queries", { at_least = 3 }))
    client:step()
    job:cancel()
    local _, err = job:wait()
    assert.same({ "cancelled", "maybe", "task_1" }, { err.kind, err.charged, err.task.id })
    settle(client)
    fault:task("task_1", { polls_until_success = 0 })
    assert.equal("task_1", assert(err.task:wait()).task_id)
  end)

  it("with watch = false asks all the same, as it waits", function()
    local result = assert(generate(quick.client(fault), { watch = false }))
    assert.equal("task_1", result.task_id)
  end)

  it("with watch = false is watched for nobody when its lost answer heals later", function()
    fault:rule({ on = "create", act = "reset" })
    local client = quick.client(fault, { recover = true })
    local _, err = generate(client, { watch = false, callBackUrl = "https://h.example/cb" })
    assert.equal("outcome_unknown", err.kind)
    local token = fault:requests({ kind = "create" })[1].body:match("liangxin_token=(%w+)")
    local param = ('{\\"callBackUrl\\":\\"https://h.example/cb?liangxin_token=%s\\"}'):format(token)
    assert(client:notify(('{"taskId":"task_1","param":"%s"}'):format(param)))
    assert.equal("task_1", err.task.id)
    assert.equal(0, client:pending())
    assert.equal("task_1", assert(err.task:wait()).task_id)
    assert.same({ creates = 1, queries = 1, billed = 1 }, quick.counts(fault))
  end)

  it("raises in the main chunk what on_created raised, before it asks", function()
    local client = quick.client(fault, { poll = { first = 3600, max = 3600 }, deadline = 7200 })
    local ok, raised = pcall(generate, client, { on_created = function()
      error("the disk is gone", 0)
    end })
    assert.same({ false, "the disk is gone" }, { ok, raised })
    assert.equal(0, quick.counts(fault).queries)
  end)

  it("closed while the POST is out: kind closed, and perhaps charged", function()
    local client = quick.client(fault)
    local job = held_job(client)
    client:close()
    local _, err = job:wait()
    assert.same({ "closed", "maybe", nil }, { err.kind, err.charged, err.task })
    fault:release()
  end)

  it("a task that its on_created cancels ends it as cancelled", function()
    local client = quick.client(fault)
    local _, err = generate(client, { on_created = function()
      for _, op in pairs(client._scheduler.ops) do
        op:cancel()
      end
    end })
    assert.equal("cancelled", err.kind)
    assert.equal(0, client:pending())
    assert.same({ creates = 1, queries = 0, billed = 1 }, quick.counts(fault))
  end)
end)
