-- A create whose answer was on its way to be lost when a callback healed its entry:
-- its worker gave it up then and kept the entry, so that nobody watched the task.

local fault_client = require("spec.support.fault_client")
local journals = require("spec.support.journals")
local json = require("spec.support.fault.json")

local CALLBACK = "https://hooks.example/done"
local PATIENCE = 60 -- s

describe("a task that a callback names before its create is given up", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)

  it("is watched", function()
    local client, other = here.open({ timeout = 3 }), here.open()
    fault:rule({ on = "create", act = "hang", when = "after_answer_bytes", bytes = 0,
      script = { polls_until_success = 0 } })
    assert(client.journal:enqueue({ model = "z-image", input = { prompt = "a kite" }, key = "kite",
      callBackUrl = CALLBACK }))
    local told = {}
    local job = client:spawn(function()
      return client:work(function(result, err)
        told[#told + 1] = result and result.task_id or err.kind
      end, { until_empty = true })
    end)
    client:run(function()
      while fault:stats().hanging == 0 do
        client:sleep(0.01)
      end
    end)
    local create = fault:requests({ kind = "create" })[1]
    -- The server shows no body before it has answered.
    local param = json.encode { callBackUrl = CALLBACK .. "?liangxin_token=" .. client._tokens.order[1] }
    assert(other:notify(json.encode { code = 200, data = { taskId = create.task, state = "success", param = param } }))
    local limit = os.time() + PATIENCE
    other:run(function()
      while assert(other.journal:entries { key = "kite" })().state ~= "accepted" and os.time() < limit do
        other:sleep(0.01)
      end
    end)
    assert.same({ done = 1, failed = 0 }, job:wait(PATIENCE))
    assert.same({ create.task }, told)
    assert.equal(1, fault:billed())
    fault:release()
  end)
end)
