-- Lost answers healed: a create whose answer never came is outcome_unknown, and
-- the service's callback, by the token in it, turns that into the live task.

local cjson = require("cjson").new()
local fault_client = require "spec.support.fault_client"
local liangxin = require "liangxin"

describe("a lost answer of a create", function()
  local fault, client

  setup(function()
    fault = fault_client.start()
  end)
  teardown(function()
    fault:stop()
  end)
  before_each(function()
    fault:reset()
    client = liangxin.new {
      base_url = fault.base_url,
      api_key = "sk-recover",
      recover = true,
      poll = { first = 0.01, factor = 1, max = 0.01, jitter = 0 },
    }
  end)
  after_each(function()
    client:close()
  end)

  local REQUEST = {
    model = "z-image",
    input = { prompt = "lost" },
    callBackUrl = "https://host.example/hook?user=7#part",
  }

  -- The create that the service has seen: its task and the body it was sent.
  local function seen()
    local request = fault:requests({ kind = "create" })[1]
    return request.task, request.body
  end

  -- What the service would send to the callBackUrl.
  local function callback()
    local task_id, body = seen()
    return cjson.encode {
      code = 200, msg = "success",
      data = { taskId = task_id, state = "success", param = body },
    }
  end

  local function lose(opts)
    fault:rule({ on = "create", act = "reset" })
    local task, err = client:create(REQUEST, opts)
    assert.is_nil(task)
    assert.equal("outcome_unknown", err.kind)
    assert.equal("maybe", err.charged)
    assert.is_false(err.retryable)
    assert.is_nil(err.task)
    assert.equal(1, fault:billed())
    return err
  end

  it("is healed by the callback", function()
    local ids = {}
    local err = lose {
      on_created = function(id)
        ids[#ids + 1] = id
      end,
    }
    assert.is_true(client:notify(callback()))
    local task_id = seen()
    assert.equal(task_id, err.task_id)
    assert.equal(task_id, err.task.id)
    assert.same({ task_id }, ids)
    local result = assert(err.task:wait(10))
    assert.equal(task_id, result.task_id)
    assert.equal(1, fault:billed())
  end)

  it("is healed once, and by no callback without its token", function()
    local err = lose()
    assert.is_true(client:notify('{"data":{"taskId":"other","param":"{}"}}'))
    assert.is_nil(err.task)
    local forged = callback():gsub("liangxin_token=%x+", "liangxin_token=" .. ("0"):rep(32))
    assert.is_true(client:notify(forged))
    assert.is_nil(err.task)
    assert.is_true(client:notify(callback()))
    local task = err.task
    assert.is_true(client:notify(callback()))
    assert.equal(task, err.task)
  end)

  it("starts no watching with watch = false", function()
    local err = lose { watch = false }
    assert.is_true(client:notify(callback()))
    assert.equal(0, client:pending())
    assert(err.task:wait(10))
  end)

  it("may be healed before the client knows that it is lost", function()
    local hurried = liangxin.new {
      base_url = fault.base_url, api_key = "sk-recover", recover = true, timeout = 0.5,
      poll = { first = 0.01, factor = 1, max = 0.01, jitter = 0 },
    }
    fault:rule({ on = "create", act = "hang" })
    local job = hurried:spawn(hurried.create, hurried, REQUEST)
    assert(fault:await("hanging", { at_least = 1 }))
    -- The server tells what a request held only after its end.
    local url = "https://h?liangxin_token=" .. next(hurried._tokens.by_token)
    assert.is_true(hurried:notify(cjson.encode {
      taskId = (seen()), param = cjson.encode { callBackUrl = url },
    }))
    assert.equal("waiting", job.status)
    local task = assert(job:wait(10)) -- the request's time-out is healed already
    assert.equal((seen()), task.id)
    assert(task:wait(10))
    assert.equal(1, fault:billed())
    hurried:close()
  end)

  it("carries an unguessable token in the query, and nothing else changes", function()
    lose()
    local _, body = seen()
    local request = cjson.decode(body)
    local user, token, rest = request.callBackUrl
      :match("^https://host%.example/hook%?(user=7)&liangxin_token=(%x+)(#part)$")
    assert.equal("user=7", user)
    assert.equal(32, #token)
    assert.equal("#part", rest)
    assert.equal("z-image", request.model)
    assert.equal("https://host.example/hook?user=7#part", REQUEST.callBackUrl)
  end)

  it("carries none without a callBackUrl or with recover = false", function()
    assert(client:create({ model = "z-image", input = { prompt = "plain" } }))
    assert(client:create(REQUEST, { recover = false }))
    for _, request in ipairs(fault:requests({ kind = "create" })) do
      assert.is_nil(request.body:find("liangxin_token", 1, true))
    end
  end)

  it("shows its token in no error, text or report", function()
    local err = lose()
    local _, body = seen()
    local token = body:match("liangxin_token=(%x+)")
    for _, text in ipairs { tostring(err), err:report(), err.message } do
      assert.is_nil(text:find(token, 1, true))
      assert.is_nil(text:find("user=7", 1, true))
    end
    assert.truthy(err:report():find("host.example", 1, true))
  end)
end)
