-- client:account(): what the key was granted, has used and has left, where the
-- gateway says so.

local fault_client = require("spec.support.fault_client")
local quick = require("spec.support.quick")
local sandbox_client = require("spec.support.sandbox_client")
local liangxin = require("liangxin")

local PAGE = '{"code":true,"message":"ok","data":{"total_granted":%s,'
  .. '"total_used":%s,"total_available":%s,"unlimited_quota":%s}}'

local fault

-- What the next request to another path than the API's two is answered.
local function answer(body, rule)
  local all = { on = "other", body = body }
  for name, value in pairs(rule or {}) do
    all[name] = value
  end
  fault:rule(all)
end

local function ask(options)
  return quick.client(fault, options):account()
end

describe("account", function()
  fault = fault_client.serve()

  after_each(function()
    quick.close()
    sandbox_client.stop_all()
  end)

  it("is asked for with the key, at the gateway's address", function()
    answer(PAGE:format("1000", "250.5", "749.5", "false"))
    assert.same({ granted = 1000, used = 250.5, available = 749.5 }, ask())
    local request = fault:requests()[1]
    assert.equal("GET", request.method)
    assert.equal("/api/usage/token/", request.target)
    assert.equal(
      "Bearer quick-test-key",
      fault_client.header(request, "Authorization")
    )
    assert.equal(1, #fault:requests())
  end)

  it("says when the key has no limit; numbers may be texts", function()
    answer(PAGE:format('"7"', "7", "0", "true"))
    assert.same(
      { granted = 7, used = 7, available = 0, unlimited = true },
      ask()
    )
  end)

  it("is asked for again after a fault that passes", function()
    answer("", { status = 503 })
    answer("", { status = 429 })
    answer(PAGE:format("1", "0", "1", "false"))
    assert.equal(1, assert(ask()).available)
  end)

  for what, rule in pairs({
    ["no such page"] = { status = 404, body = "404 page not found" },
    ["the dashboard"] = { body = "<!doctype html><html></html>" },
    ["other fields"] = { body = '{"code":true,"data":{"quota":5}}' },
    ["no data"] = { body = '{"code":true,"message":"ok","data":null}' },
    ["a refusal"] = { body = '{"success":false,"message":"no"}' },
    ["numbers that are none"] = {
      body = PAGE:format('"many"', "null", "{}", "false"),
    },
  }) do
    it("is not offered: " .. what, function()
      answer(rule.body, { status = rule.status })
      local account, err = ask()
      assert.is_nil(account)
      assert.equal("bad_response", err.kind)
      assert.equal("no", err.charged)
      assert.matches("does not say what the account has", err.message)
    end)
  end

  it("is refused to a wrong key", function()
    answer(
      '{"error":{"message":"Invalid token","type":"new_api_error"}}',
      { status = 401 }
    )
    local account, err = ask()
    assert.is_nil(account)
    assert.equal("auth", err.kind)
  end)

  it("logs the time of the server", function()
    local dates = {}
    answer(PAGE:format("1", "0", "1", "false"), { headers = { { "Date", "Fri, 01 May 2026 06:35:00 GMT" } } })
    answer(PAGE:format("1", "0", "1", "false"), { headers = { { "Date", "yesterday" } } })
    local function on_log(event)
      dates[#dates + 1] = event.date or "none"
    end
    assert(ask({ on_log = on_log }))
    assert(ask({ on_log = on_log }))
    assert.same({ 1777617300, "none" }, dates)
  end)

  it("leaves the next queries and creates as they were", function()
    local box = sandbox_client.start({ speed = 1000, balance = 100 })
    local c = liangxin.new(box.options) -- one connection, one handle
    for i = 1, 3 do
      assert.equal(5e7 - (i - 1) * 8.5 * 5e5, assert(c:account()).available)
      local result = assert(c:generate("z-image", { prompt = "tea" }))
      assert.equal(result.task_id, assert(c:query(result.task_id)).task_id)
    end
    c:close()
  end)

  it("waits in jobs like any other call", function()
    local box = sandbox_client.start({ balance = 100 })
    local c = liangxin.new(box.options)
    local job = c:spawn(function()
      return c:account().granted
    end)
    assert.equal(5e7, job:wait())
    c:close()
  end)
end)
