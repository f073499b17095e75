-- client:listen: callbacks of the sandbox, and of others, wake the waiting; what
-- is forged, late, twice, huge or garbage does nothing.

local fault_client = require("spec.support.fault_client")
local json = require("spec.support.fault.json")
local quick = require("spec.support.quick")
local raw_http = require("spec.support.raw_http")

local RARELY = { poll = { first = 3600, factor = 1, max = 3600, jitter = 0 }, deadline = 7200 }

describe("a client that listens", function()
  local fault = fault_client.serve()
  local client, listening

  local function open(options)
    client = quick.client(fault, RARELY)
    listening = assert(client:listen(options))
    fault:rule({ on = "create", script = { polls_until_success = 0 } })
  end

  local function request(url)
    return { model = "z-image", input = { prompt = "a kite" }, callBackUrl = url }
  end

  local function sent_url(n)
    return json.decode(fault:requests({ kind = "create" })[n or 1].body).callBackUrl
  end

  local function post(body, path, headers, method)
    local peer = assert(raw_http.connect(("http://127.0.0.1:%d"):format(listening.port)))
    local answer = peer:ask(method or "POST", path, body, headers)
    peer:close()
    return answer
  end

  local function path_of(url)
    return (url:gsub("^%w+://[^/]+", ""))
  end

  local function body_of(id)
    return json.encode({ code = 200, data = { taskId = id, state = "success" } })
  end

  after_each(quick.close)

  it("gives each create a callBackUrl, and queries the task that is called back", function()
    open()
    assert.equal(("http://127.0.0.1:%d/"):format(listening.port), listening.url)
    local task = assert(client:create(request()))
    local url = sent_url()
    assert.matches("^" .. listening.url:gsub("%p", "%%%0") .. "%?liangxin_token=%x+$", url)
    local answer = post(body_of(task.id), path_of(url))
    assert.same({ 200, "ok\n" }, { answer.status, answer.body })
    local result = assert(task:wait(30))
    assert.truthy(result.urls[1]:find(fault.base_url, 1, true))
    assert.same({ creates = 1, queries = 1, billed = 1 }, quick.counts(fault))
  end)

  it("uses the URL by which the service reaches it", function()
    open({ public_url = "https://hooks.example/lx?of=studio" })
    assert(client:create(request()))
    assert.matches("^https://hooks%.example/lx%?of=studio&liangxin_token=%x+$", sent_url())
    assert(client:create(request("https://other.example/hook")))
    assert.equal("https://other.example/hook", sent_url(2))
  end)

  it("heals a lost answer", function()
    client = quick.client(fault, RARELY)
    listening = assert(client:listen())
    fault:rule({ on = "create", status = 200, cut_after = 0, script = { polls_until_success = 0 } })
    local _, err = client:create(request())
    assert.equal("outcome_unknown", err.kind)
    local id = fault:requests({ kind = "create" })[1].task
    assert.equal(200, post(body_of(id), path_of(sent_url())).status)
    assert.equal(id, assert(err:wait(30)).id)
    assert.equal(1, #assert(err.task:wait(30)).urls)
    assert.equal(1, quick.counts(fault).billed)
  end)

  it("answers while the program is busy, and tells it afterwards", function()
    local told = {}
    open({ on_callback = function(id)
      told[#told + 1] = id
    end })
    local task = assert(client:create(request()))
    for _ = 1, 3 do -- nobody steps the client here
      assert.equal(200, post(body_of(task.id), path_of(sent_url())).status)
    end
    assert.same({}, told)
    assert(task:wait(30))
    assert.same({ task.id, task.id, task.id }, told)
  end)

  it("takes nothing that is forged or garbage", function()
    open({ max_body = 1000, on_callback = function() error("nothing was to be taken") end })
    local task = assert(client:create(request()))
    local path = path_of(sent_url())
    local forged = "/?liangxin_token=" .. ("0"):rep(32)
    assert.equal(401, post(body_of(task.id), "/").status)
    assert.equal(401, post(body_of(task.id), forged).status)
    assert.equal(400, post("{}", path).status)
    assert.equal(400, post(("\255"):rep(999), path).status)
    assert.equal(413, post((" "):rep(100000), path).status)
    assert.equal(405, post("", path, nil, "GET").status)
    assert.equal(0, client:step())
    assert.equal(0, quick.counts(fault).queries)
    assert.equal("POST", post("", path, nil, "GET").headers.allow)
  end)

  it("checks signatures, two secrets while one replaces the other", function()
    local told = {}
    open({ secrets = { "next", "test-webhook-key" }, tolerance = 86400, on_callback = function(id)
      told[#told + 1] = id
    end })
    local stamp = tostring(os.time())
    local wrong = { "X-Webhook-Timestamp: " .. stamp, "X-Webhook-Signature: " .. ("A"):rep(43) .. "=" }
    local task = assert(client:create(request()))
    assert.equal(401, post(body_of(task.id), path_of(sent_url()), wrong).status)
    assert.equal(200, post(body_of(task.id), path_of(sent_url())).status)
    assert(task:wait(30))
    assert.same({ task.id }, told)
  end)

  it("stops when it is told, and when the client is closed", function()
    open()
    local port = listening.port
    listening:stop()
    listening:stop()
    assert.is_nil(raw_http.connect(("http://127.0.0.1:%d"):format(port)))
    assert(client:create(request()))
    assert.is_nil(sent_url())
    listening = assert(client:listen())
    port = listening.port
    client:close()
    assert.is_nil(raw_http.connect(("http://127.0.0.1:%d"):format(port)))
  end)

  it("is no open work", function()
    open()
    assert.equal(0, client:pending())
    client:run(function() end)
  end)

  it("says what is wrong", function()
    open()
    local other = quick.client(fault, RARELY)
    local none, err = other:listen({ port = listening.port })
    assert.is_nil(none)
    assert.same({ "network", "no" }, { err.kind, err.charged })
    assert.matches("cannot listen on 127%.0%.0%.1:%d+", err.message)
    assert.matches("no IP address", select(2, other:listen({ address = "hooks.example" })).message)
    local function raises(words, options)
      local ok, message = pcall(other.listen, other, options)
      assert.is_false(ok)
      assert.matches(words, message)
    end
    raises("'public_url' must be an http or https URL", { public_url = "hooks.example" })
    raises("secrets must be a list", { secrets = { 1 } })
    raises("unknown option 'ports'; did you mean 'port'", { ports = 1 })
    local ok, message = pcall(client.listen, client)
    assert.is_false(ok)
    assert.matches("listens already, on port " .. listening.port, message)
  end)
end)
