-- A gateway on an address of a carrier's or overlay network (100.64/10) had its
-- own results refused: two tables of private networks differed.

local fault_client = require("spec.support.fault_client")
local quick = require("spec.support.quick")

describe("a gateway on 100.64/10", function()
  local fault = fault_client.serve()

  local target

  before_each(function()
    target = os.tmpname()
  end)

  after_each(function()
    quick.close()
    os.remove(target)
  end)

  it("may have results on private addresses", function()
    local client = quick.client(fault, { base_url = "http://100.64.1.2:9", allow_http = true })
    assert(client:download(fault.base_url .. "/files/result.png", target, { overwrite = true }))
  end)

  it("is what makes the difference", function()
    local client = quick.client(fault, { base_url = "http://8.8.8.8:9", allow_http = true })
    local file, err = client:download(fault.base_url .. "/files/result.png", target, { overwrite = true })
    assert.is_nil(file)
    assert.equal("download", err.kind)
    assert.truthy(err.message:find("loopback", 1, true))
  end)
end)
