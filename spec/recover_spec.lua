-- Lost answers healed: a create whose answer was lost becomes a live task again
-- when the service's callback brings back the token that went out with it.

local fault_client = require("spec.support.fault_client")
local json = require("spec.support.fault.json")
local liangxin = require("liangxin")

local CALLBACK = "https://hooks.example/done?order=7#top"

describe("a create whose answer is lost", function()
  local server = fault_client.serve()
  local client

  local function open(options)
    local given = {
      base_url = server.base_url,
      api_key = "sk-recover",
      poll = { first = 0.02, factor = 1, max = 0.02, jitter = 0 },
    }
    for name, value in pairs(options or {}) do
      given[name] = value
    end
    client = liangxin.new(given)
  end

  local function request()
    return {
      model = "z-image", input = { prompt = "a kite" }, callBackUrl = CALLBACK,
    }
  end

  before_each(function()
    open()
  end)

  after_each(function()
    client:close()
  end)

  local function lose_next_answer()
    server:rule({ on = "create", status = 200, cut_after = 0 })
  end

  -- What the service posts to the callback of its n-th create.
  local function callback(n)
    local create = server:requests({ kind = "create" })[n or 1]
    return json.encode({
      code = 200, msg = "success",
      data = { taskId = create.task, state = "success", param = create.body },
    }), create
  end

  local function lost(opts)
    lose_next_answer()
    local task, err = client:create(request(), opts)
    assert.is_nil(task)
    assert.equal("outcome_unknown", err.kind)
    assert.equal("maybe", err.charged)
    assert.is_nil(err.task)
    return err
  end

  local function sent_url(n)
    return json.decode(server:requests({ kind = "create" })[n].body).callBackUrl
  end

  it("is the live task once its callback came", function()
    local err = lost({ recover = true })
    local body, create = callback()
    assert.is_true(client:notify(body))
    assert.equal(create.task, err.task_id)
    assert.equal(create.task, err.task.id)
    local result = assert(err.task:wait(10))
    assert.equal(create.task, result.task_id)
    assert.equal(1, #result.urls)
    assert.equal(1, server:billed())
    assert.equal(1, #server:requests({ kind = "create" }))
    assert.is_true(client:notify(body)) -- services repeat themselves
    assert.equal(0, client:pending())
  end)

  it("is what err:wait gives, when it comes", function()
    local err = lost({ recover = true })
    local waited
    client:spawn(function()
      waited = err:wait(10)
    end)
    assert.is_nil(waited)
    assert.is_true(client:notify((callback())))
    assert.equal(err.task, waited)
    assert.equal(waited, err:wait())
    assert.equal(1, #assert(waited:wait(10)).urls)
  end)

  it("is not there for err:wait before, nor without recover", function()
    local err = lost({ recover = true })
    local _, late = err:wait(0.02)
    assert.same({ "deadline", "maybe" }, { late.kind, late.charged })
    err = lost({})
    assert.same({ nil, err }, { err:wait() })
  end)

  it("is told to on_created then", function()
    local told = {}
    local err = lost({ recover = true, on_created = function(id)
      told[#told + 1] = id
    end })
    assert.same({}, told)
    assert.is_true(client:notify((callback())))
    assert.same({ err.task_id }, told)
    assert(err.task:wait(10))
    assert.equal(1, #told)
  end)

  it("needs no error when the callback is faster", function()
    server:rule({ on = "create", status = 200, cut_after = 0, delay_s = 0.3 })
    local task
    client:run(function()
      client:spawn(function()
        task = assert(client:create(request(), { recover = true }))
      end)
      while server:billed() == 0 do
        client:sleep(0.01)
      end
      -- The server tells a request's body when it has ended; this one has not.
      local tokens = client._tokens
      local create = server:requests({ kind = "create" })[1]
      assert.is_true(client:notify(json.encode({
        taskId = create.task,
        param = json.encode({ callBackUrl = "https://h/?liangxin_token=" .. tokens.order[tokens.last] }),
      })))
      assert.is_nil(task)
    end)
    local create = server:requests({ kind = "create" })[1]
    assert.equal(create.task, task.id)
    assert.equal("close cut", create.done)
    assert.equal(create.task, assert(task:wait(10)).task_id)
    assert.equal(1, server:billed())
  end)

  it("is recovered through a client-wide option, unless one create says no", function()
    client:close()
    open({ recover = true })
    lost()
    assert.matches("liangxin_token=%x+", sent_url(1))
    lost({ recover = false })
    assert.equal(CALLBACK, sent_url(2))
  end)

  it("sends a token that nobody can guess, in the query", function()
    local seen = {}
    for n = 1, 3 do
      lost({ recover = true })
      local token = sent_url(n):match(
        "^https://hooks%.example/done%?order=7&liangxin_token=(%x+)#top$")
      assert.equal(32, #assert(token, "no token in the callback URL"))
      assert.is_nil(seen[token])
      seen[token] = true
    end
  end)

  it("stays lost without recover", function()
    local err = lost()
    assert.equal(CALLBACK, sent_url(1))
    assert.is_true(client:notify((callback())))
    assert.is_nil(err.task)
  end)

  it("stays lost when the token is wrong or missing", function()
    local err = lost({ recover = true })
    local body, create = callback()
    local forged = body:gsub("liangxin_token=%x+", function(text)
      return text:sub(1, -2) .. (text:sub(-1) == "0" and "1" or "0")
    end)
    for _, bad in ipairs({
      forged,
      json.encode({ data = { taskId = create.task } }),
      json.encode({ data = { taskId = create.task, param = "liangxin_token=" } }),
    }) do
      assert.not_equal(body, bad)
      assert.is_true(client:notify(bad))
      assert.is_nil(err.task)
    end
    assert.is_true(client:notify(body))
    assert.equal(create.task, err.task.id)
  end)

  it("does not mix two up", function()
    local first, second = lost({ recover = true }), lost({ recover = true })
    local body, create = callback(2)
    assert.is_true(client:notify(body))
    assert.is_nil(first.task)
    assert.equal(create.task, second.task.id)
    assert.is_true(client:notify((callback(1))))
    assert.not_equal(first.task.id, second.task.id)
    assert.equal(2, server:billed())
  end)

  it("is no way in for creates that were refused", function()
    server:rule({ on = "create", status = 400, body = '{"code":400,"msg":"no"}' })
    local task, err = client:create(request(), { recover = true })
    assert.is_nil(task)
    assert.equal("invalid_request", err.kind)
    local create = server:requests({ kind = "create" })[1]
    assert.is_true(client:notify(json.encode({ taskId = "t", param = create.body })))
    assert.is_nil(err.task)
    assert.equal(0, client:pending())
  end)

  it("shows the token to nobody", function()
    local events = {}
    client:close()
    open({ recover = true, on_log = function(event)
      events[#events + 1] = json.encode(event)
    end })
    local err = lost()
    client:step()
    local token = assert(sent_url(1):match("liangxin_token=(%x+)"))
    for _, text in ipairs({ tostring(err), err:report(), table.concat(events) }) do
      assert.is_nil(text:find(token, 1, true), text)
    end
  end)
end)
