-- A receiver of callbacks: what it answers to a web server, and that what it
-- takes leads to one query and to nothing else. Wire cases T28 and T29.

local fault_client = require("spec.support.fault_client")
local json = require("spec.support.fault.json")
local quick = require("spec.support.quick")
local webhook = require("liangxin.webhook")

local RARELY = { poll = { first = 3600, factor = 1, max = 3600, jitter = 0 }, deadline = 7200 }
local CALLBACK = "https://hooks.example/done?order=7"

-- A signature of the documents' vector, made by other software.
local SIGNED = {
  id = "task_z_image_1765166238716",
  key = "test-webhook-key",
  now = 1765166310,
  headers = {
    ["X-Webhook-Timestamp"] = "1765166300",
    ["X-Webhook-Signature"] = "s3K3JF/HVFDygnMZfQmYqXmisuuV/c9bJB7X+bzwIKo=",
  },
}

local function signed_headers(changes)
  local headers = {}
  for name, value in pairs(SIGNED.headers) do
    headers[name] = value
  end
  for name, value in pairs(changes or {}) do
    headers[name] = value or nil
  end
  return headers
end

local function body_of(id, more)
  local data = { taskId = id, state = "success", resultJson = '{"resultUrls":["http://evil.example/a.png"]}' }
  for name, value in pairs(more or {}) do
    data[name] = value
  end
  return json.encode({ code = 200, msg = "success", data = data })
end

describe("a receiver", function()
  local fault = fault_client.serve()
  local client, task, receiver

  -- A task that is done at the service, and about which nobody asks for an hour.
  local function open(options)
    fault:rule({ on = "create", script = { polls_until_success = 0 } })
    client = quick.client(fault, RARELY)
    task = assert(client:create({
      model = "z-image", input = { prompt = "a kite" }, callBackUrl = CALLBACK,
    }, { recover = true }))
    local given = { client = client }
    for name, value in pairs(options or {}) do
      given[name] = value
    end
    receiver = webhook.new(given)
  end

  local function sent_url()
    return json.decode(fault:requests({ kind = "create" })[1].body).callBackUrl
  end

  local function path()
    return (sent_url():gsub("^https://[^/]+", ""))
  end

  local function asked(queries)
    assert.same({ creates = 1, queries = queries, billed = 1 }, quick.counts(fault))
  end

  after_each(quick.close)

  it("takes the token in the path, and has the task queried at once", function()
    open()
    local status, body, hint = receiver:receive({}, body_of(task.id), { path = path() })
    assert.same({ 200, "ok\n", { task_id = task.id } }, { status, body, hint })
    local result = assert(task:wait(20))
    assert.truthy(result.urls[1]:find(fault.base_url, 1, true)) -- not what the callback said
    asked(1)
  end)

  it("takes the token that the service echoes in param", function()
    open()
    local echoed = { param = json.encode({ callBackUrl = sent_url() }) }
    assert.equal(200, (receiver:receive({}, body_of(task.id, echoed))))
    assert(task:wait(20))
    asked(1)
  end)

  it("takes repeats, and forgeries of what happened, without harm", function()
    open()
    assert(receiver:receive({}, body_of(task.id), { path = path() }) == 200)
    assert(task:wait(20))
    for _, state in ipairs({ "success", "fail", "generating" }) do
      assert.equal(200, (receiver:receive({}, body_of(task.id, { state = state }), { path = path() })))
    end
    assert.equal("success", task.state)
    assert.equal(0, client:pending())
    asked(1)
  end)

  it("turns down a token that is not the client's", function()
    open()
    local forged = path():gsub("(liangxin_token=)%x%x", "%1zz")
    for _, where in ipairs({
      path():gsub("%x$", function(digit) return digit == "0" and "1" or "0" end),
      "/done?liangxin_token=" .. ("0"):rep(32),
      "/done?liangxin_token=" .. ("0"):rep(64),
      "/done?liangxin_token=00",
    }) do
      local status, body, hint = receiver:receive({}, body_of(task.id), { path = where })
      assert.same({ 401, "the token or the signature is missing or wrong\n" }, { status, body, hint })
    end
    assert.equal(200, (receiver:receive({}, body_of(task.id), { path = forged }))) -- no token: see below
    assert.equal(401, (receiver:receive({}, body_of("task_of_nobody"), { path = "/done" })))
    assert(task:wait(20))
    asked(1)
  end)

  it("takes a callback without a token for a task that the client holds", function()
    open()
    assert.equal(200, (receiver:receive({}, body_of(task.id))))
    assert(task:wait(20))
    asked(1)
  end)

  it("heals a lost answer", function()
    client = quick.client(fault, RARELY)
    receiver = webhook.new({ client = client })
    fault:rule({ on = "create", status = 200, cut_after = 0, script = { polls_until_success = 0 } })
    local _, err = client:create({
      model = "z-image", input = { prompt = "a kite" }, callBackUrl = CALLBACK,
    }, { recover = true })
    assert.equal("outcome_unknown", err.kind)
    local id = fault:requests({ kind = "create" })[1].task
    assert.equal(200, (receiver:receive({}, body_of(id), { path = path() })))
    assert.equal(id, assert(err:wait(20)).id)
    assert.equal(1, #assert(err.task:wait(20)).urls)
    assert.equal(1, quick.counts(fault).billed)
  end)

  it("checks signatures: T28", function()
    open({ secrets = { "next key", SIGNED.key } })
    local body = body_of(SIGNED.id)
    local function status(headers, text, now)
      return (receiver:receive(headers, text or body, { now = now or SIGNED.now }))
    end
    assert.equal(200, status(signed_headers()))
    assert.equal(200, status({
      ["x-webhook-timestamp"] = "1765166300",
      X_WEBHOOK_SIGNATURE = { SIGNED.headers["X-Webhook-Signature"] },
    }))
    assert.equal(200, status(signed_headers(), body_of(SIGNED.id, { resultJson = "{}" })))
    assert.equal(200, status(signed_headers(), nil, 1765166600))
    assert.equal(401, status(signed_headers(), nil, 1765166601))
    assert.equal(401, status(signed_headers(), nil, 1765165999))
    assert.equal(401, status(signed_headers(), body_of("task_other")))
    assert.equal(401, status(signed_headers({
      ["X-Webhook-Signature"] = "t3K3JF/HVFDygnMZfQmYqXmisuuV/c9bJB7X+bzwIKo=",
    })))
    assert.equal(401, status(signed_headers({ ["X-Webhook-Signature"] = false })))
    assert.equal(401, status(signed_headers({ ["X-Webhook-Timestamp"] = false })))
    assert.equal(401, status(signed_headers({ ["X-Webhook-Timestamp"] = "soon" })))
    assert.equal(401, status(signed_headers({ ["X-Webhook-Timestamp"] = ("9"):rep(400) })))
    assert.equal(401, status({}))
  end)

  it("turns down a wrong signature, whatever the token", function()
    open({ secrets = { "other key" } })
    local headers = signed_headers()
    assert.equal(401, (receiver:receive(headers, body_of(task.id), { path = path(), now = SIGNED.now })))
    assert.equal(200, (receiver:receive({}, body_of(task.id), { path = path() }))) -- not signed: the token counts
    assert.equal(401, (receiver:receive({}, body_of(task.id))))
  end)

  it("has no use for a signature without secrets", function()
    open()
    assert.equal(200, (receiver:receive(signed_headers(), body_of(task.id), { path = path(), now = 0 })))
  end)

  it("turns down what is too large or names no task", function()
    open({ max_body = 1000 })
    assert.equal(413, (receiver:receive({}, (" "):rep(1001), { path = path() })))
    for _, body in ipairs({ "", "[]", "no JSON", "{}", '{"data":{}}', '{"taskId":{}}', ("["):rep(999) }) do
      local status, text = receiver:receive({}, body, { path = path() })
      assert.same({ 400, "the body names no task\n" }, { status, text })
    end
    asked(0)
  end)

  it("sends the service away while the client is closed", function()
    open()
    client:close()
    assert.equal(503, (receiver:receive({}, body_of(task.id), { path = path() })))
  end)

  it("takes every shape: T29", function()
    open()
    for _, body in ipairs({
      json.encode({ code = 501, msg = "failed", data = { taskId = task.id, state = "fail" } }),
      json.encode({ taskId = task.id, state = "success" }),
      json.encode({ task_id = task.id }),
      "\239\187\191" .. body_of(task.id) .. " ",
    }) do
      assert.equal(200, (receiver:receive({}, body, { path = path() })))
    end
  end)

  it("raises on a programmer's mistake, at the caller's line", function()
    open()
    local function raises(words, fn, ...)
      local ok, message = pcall(fn, ...)
      assert.is_false(ok)
      assert.matches("^[^\n]*webhook_spec.lua:%d+: .*" .. words, message)
    end
    raises("give client, which queries the tasks, or journal", function() webhook.new({}) end)
    raises("unknown option 'secret'; did you mean 'secrets'", function()
      webhook.new({ client = client, secret = "x" })
    end)
    raises("secrets must be a list", function() webhook.new({ client = client, secrets = { "" } }) end)
    raises("not a decoded table", function() receiver:receive({}, { taskId = "x" }) end)
    raises("body must be a string", function() receiver:receive({}) end)
    raises("headers must be a table", function() receiver:receive(nil, "") end)
  end)
end)
