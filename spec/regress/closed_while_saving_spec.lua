-- A client that was closed while a paid result was saved, or a create was under
-- way, left errors that said nothing of the money.

local fault_client = require("spec.support.fault_client")
local quick = require("spec.support.quick")

describe("close", function()
  local fault = fault_client.serve()

  after_each(quick.close)

  it("in the middle of a save says that the result was paid for", function()
    fault:make_task("task_1", { polls_until_success = 0 })
    fault:rule({ on = "file", act = "hang", when = "after_answer_bytes", bytes = 2000 })
    local client = quick.client(fault)
    local result = assert(client:task("task_1"):wait(10))
    local target = os.tmpname()
    local files, err = result:save(target, {
      overwrite = true,
      on_progress = function()
        client:close()
      end,
    })
    os.remove(target)
    assert.is_nil(files)
    assert.same({ "closed", "yes", "task_1" }, { err.kind, err.charged, err.task_id })
  end)

  it("in the middle of a create says that a task may exist", function()
    fault:rule({ on = "create", act = "hang" })
    local client = quick.client(fault)
    local job = client:spawn(function()
      return client:create({ model = "z-image", input = { prompt = "a fox" } })
    end)
    assert(fault:await("hanging", { at_least = 1 }))
    client:close(0)
    local task, err = job:wait()
    assert.is_nil(task)
    assert.same({ "closed", "maybe", false }, { err.kind, err.charged, err.retryable })
    assert.truthy(err.message:find("may exist", 1, true), err.message)
  end)
end)
