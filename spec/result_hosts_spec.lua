-- Hosts as they are: what they do beside the protocol, and what the client
-- makes of it.

local fault_client = require("spec.support.fault_client")
local quick = require("spec.support.quick")

local ANSWER = '{"code":200,"msg":"success","data":{"taskId":"task_1"}}'

describe("a host", function()
  local fault = fault_client.serve({ tls = true })

  local target

  before_each(function()
    target = os.tmpname()
    os.remove(target)
  end)

  after_each(function()
    quick.close()
    os.remove(target)
  end)

  local function targets(kind)
    local list = {}
    for i, request in ipairs(fault:requests({ kind = kind })) do
      list[i] = request.target
    end
    return list
  end

  local function header(request, name)
    for _, pair in ipairs(request.headers) do
      if pair[1]:lower() == name then
        return pair[2]
      end
    end
  end

  it("gets a raw space as %20", function()
    local client = quick.client(fault)
    assert(client:download(fault.base_url .. "/files/my picture.png?a b", target))
    assert.same({ "/files/my%20picture.png?a%20b" }, targets("file"))
  end)

  it("may redirect to a raw space", function()
    fault:rule({ on = "file", redirect = fault.base_url .. "/files/the other.png" })
    assert(quick.client(fault):download(fault.base_url .. "/files/one.png", target))
    assert.same({ "/files/one.png", "/files/the%20other.png" }, targets("file"))
  end)

  it("that wants its cookie back is asked a bounded number of times", function()
    fault:rule({ on = "file", redirect = "main", headers = { { "Set-Cookie", "seen=1" } }, times = "always" })
    local file, err = quick.client(fault):download(fault.base_url .. "/files/result.png", target)
    assert.is_nil(file)
    assert.equal("download", err.kind)
    local requests = fault:requests({ kind = "file" })
    assert.truthy(#requests > 1 and #requests <= 6)
    for _, request in ipairs(requests) do
      assert.is_nil(header(request, "cookie"))
    end
  end)

  it("may end TLS without saying so, once the answer is whole", function()
    local client = quick.client(fault, { base_url = fault.tls_url, ca_file = fault.ca_file })
    fault:rule({ on = "create", body = ANSWER, content_length = false, cut_after = #ANSWER })
    local task = assert(client:create({ model = "z-image", input = { prompt = "p" } }))
    assert.equal("task_1", task.id)
    assert.equal(1, quick.counts(fault).creates)
  end)

  it("that answers 417 was sent no Expect, however large the request", function()
    fault:rule({ on = "create", body = ANSWER })
    fault:rule({ on = "create", status = 417, times = "always" })
    local client = quick.client(fault)
    local request = { model = "z-image", input = { prompt = "p", image = ("A"):rep(3 * 2 ^ 20) } }
    assert(client:create(request))
    local task, err = client:create(request)
    assert.is_nil(task)
    assert.equal(417, err.http_status)
    for _, sent in ipairs(fault:requests({ kind = "create" })) do
      assert.is_nil(header(sent, "expect"))
    end
    assert.equal(2, quick.counts(fault).creates)
  end)
end)
