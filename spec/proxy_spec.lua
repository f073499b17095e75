-- Which way API requests go: through the proxy of the options or of the
-- environment, or straight. The fault server plays the proxy; it gets the
-- address that was asked for in full.

local child = require("spec.support.child")
local fault_client = require("spec.support.fault_client")
local quick = require("spec.support.quick")

local FAR = "http://far.example:8080/prefix"
local WHOLE = FAR .. "/api/v1/jobs/recordInfo?taskId=task_1"
local ANSWER = '{"code":200,"data":{"taskId":"task_1","state":"waiting"}}'

describe("an API request", function()
  local fault = fault_client.serve()

  before_each(function()
    fault:rule({ on = "any", times = "always", body = ANSWER })
  end)

  after_each(quick.close)

  local function targets()
    local list = {}
    for i, request in ipairs(fault:requests()) do
      list[i] = request.target
    end
    return list
  end

  -- What a process with this environment prints.
  local function ask(base_url, env)
    local all = { http_proxy = "", https_proxy = "", all_proxy = "", HTTPS_PROXY = "", ALL_PROXY = "", no_proxy = "" }
    for name, value in pairs(env) do
      all[name] = value
    end
    local _, said = child.run("spec/support/proxy_child.lua", { base_url }, { env = all })
    return said
  end

  it("goes through options.proxy, each of them with its own task id", function()
    local client = quick.client(fault, { base_url = FAR, allow_http = true, proxy = fault.base_url })
    assert.equal("waiting", assert(client:query("task_1")).state)
    assert(client:query("task_2"))
    assert(client:query("a/b"))
    assert.same({ WHOLE, (WHOLE:gsub("_1$", "_2")), (WHOLE:gsub("task_1$", "a%%2Fb")) }, targets())
  end)

  if child.can_start then
    for _, name in ipairs({ "http_proxy", "all_proxy", "ALL_PROXY" }) do
      it("goes through " .. name .. " of the environment", function()
        assert.equal("waiting", ask(FAR, { [name] = fault.base_url }))
        assert.same({ WHOLE }, targets())
      end)
    end

    it("goes straight where no_proxy says so", function()
      assert.equal("waiting", ask(fault.base_url, { http_proxy = "http://127.0.0.1:9", no_proxy = "127.0.0.1" }))
      assert.same({ "/api/v1/jobs/recordInfo?taskId=task_1" }, targets())
    end)

    it("goes straight without a proxy", function()
      assert.equal("waiting", ask(fault.base_url, {}))
      assert.same({ "/api/v1/jobs/recordInfo?taskId=task_1" }, targets())
    end)
  end
end)
