-- A worker whose files cannot be saved: it took the entry up again every other
-- second, with a download each time, and never ended.

local fault_client = require("spec.support.fault_client")
local folders = require("spec.support.folder")
local journals = require("spec.support.journals")

describe("a file that is in the way", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)
  local folder

  before_each(function()
    folder = folders.new()
  end)

  after_each(function()
    folders.remove(folder)
  end)

  it("is told, and tried again ever less often", function()
    local client, told = here.open(), {}
    local in_the_way = folder .. "/task_1-1.png"
    assert(io.open(in_the_way, "w")):close()
    fault:rule({ on = "create", script = { polls_until_success = 0 } })
    assert(client.journal:enqueue({ model = "z-image", input = { prompt = "a kite" }, save = folder .. "/" }))
    local function work()
      local job = client:spawn(function()
        return client:work(function(result, err)
          told[#told + 1] = result and "saved" or err.kind
        end, { until_empty = true })
      end)
      return job:wait(60)
    end
    local counts = assert(work())
    assert.equal(0, counts.done)
    assert.is_true(counts.failed >= 1 and counts.failed <= 4, counts.failed)
    assert.equal("file", told[1])
    assert.equal("succeeded", assert(client.journal:entries())().state)
    os.remove(in_the_way)
    told = {}
    assert.same({ done = 1, failed = 0 }, work())
    assert.same({ "saved" }, told)
    assert.equal("saved", assert(client.journal:entries())().state)
    assert.equal(1, fault:billed())
  end)
end)
