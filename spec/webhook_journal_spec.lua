-- A receiver of callbacks with a journal: any process may get them, and 200 means
-- that the journal has what was called back.

local child = require("spec.support.child")
local fault_client = require("spec.support.fault_client")
local journals = require("spec.support.journals")
local json = require("spec.support.fault.json")
local quick = require("spec.support.quick")
local sqlite = require("spec.support.sqlite")
local webhook = require("liangxin.webhook")

local CALLBACK = "https://hooks.example/done?order=7"
local KILLED = 128 + 9

local it_has_processes = child.can_start and it or pending
local it_has_sqlite = sqlite.has_program and it or pending

describe("a receiver with a journal", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)

  local function receiver_on(client, options)
    options = options or {}
    options.client = client
    return webhook.new(options)
  end

  local function lose(client, key)
    local before = #fault:requests({ kind = "create" })
    fault:rule({ on = "create", status = 200, cut_after = 0, script = { polls_until_success = 0 } })
    local _, err = client:create({
      model = "z-image", input = { prompt = "a kite" }, callBackUrl = CALLBACK,
    }, { key = key or "kite" })
    assert.equal("outcome_unknown", err.kind)
    local create = fault:requests({ kind = "create" })[before + 1]
    local path = json.decode(create.body).callBackUrl:gsub("^https://[^/]+", "")
    return err, create.task, path
  end

  local function body_of(id, state)
    return json.encode({ code = 200, msg = "success", data = { taskId = id, state = state or "success" } })
  end

  -- With other digits at its beginning and end.
  local function forge(path)
    local function other(digit)
      return digit == "0" and "1" or "0"
    end
    return (path:gsub("(liangxin_token=)(%x)", function(name, digit) return name .. other(digit) end)),
      (path:gsub("%x$", other))
  end

  local function start(path, body)
    return child.start("spec/support/webhook_child.lua", { here.folder .. "/studio.db", path, body },
      { env = { LIANGXIN_BASE_URL = fault.base_url, LIANGXIN_API_KEY = "child-key" } })
  end

  local function said(process)
    local status, words = process:finish()
    assert(status == KILLED, words)
    return tonumber(words:match("^%d+"))
  end

  local function is_there(path)
    local file = io.open(path)
    return file and file:close()
  end

  local function entries(client)
    local list = {}
    for entry in assert(client.journal:entries()) do
      list[#list + 1] = entry.state
    end
    return list
  end

  it("knows the tokens of others, and heals what they lost", function()
    local err, id, path = lose(here.open())
    local status, _, hint = receiver_on(here.open()):receive({}, body_of(id), { path = path })
    assert.same({ 200, id }, { status, hint.task_id })
    assert.equal(id, assert(err:wait(60)).id)
    assert.equal(1, fault:billed())
  end)

  it("turns down tokens that nobody has made", function()
    local _, id, path = lose(here.open())
    local other = receiver_on(here.open())
    for _, forged in ipairs({ forge(path) }) do
      assert.equal(401, (other:receive({}, body_of(id), { path = forged })))
    end
    assert.equal(401, (other:receive({}, body_of("task_of_nobody"))))
    assert.equal(0, fault:stats().queries)
  end)

  it_has_processes("has written it down before it answers 200", function()
    local err, id, path = lose(here.open())
    assert.equal(200, said(start(path, body_of(id))))
    assert.equal(id, assert(err:wait(60)).id)
    assert.equal(1, fault:billed())
  end)

  it_has_processes("has written it down also for a process that comes later", function()
    local _, id, path = lose(here.open())
    assert.equal(200, said(start(path, body_of(id))))
    quick.close()
    local client = here.open()
    assert(client:resume({ wait = true }))
    local result = assert(client:generate("z-image", { prompt = "a kite" }, { key = "kite", callBackUrl = CALLBACK }))
    assert.equal(id, result.task_id)
    assert.equal(1, fault:billed())
  end)

  it_has_processes("may be several processes at once, to whom the same comes, and forgeries", function()
    local owner = here.open()
    local err, id, path = lose(owner)
    local running = {}
    for i, where in ipairs({ path, path, path, forge(path) }) do
      running[i] = start(where, body_of(id))
    end
    local statuses = {}
    for i, process in ipairs(running) do
      statuses[i] = said(process)
    end
    assert.same({ 200, 200, 200, 401, 401 }, statuses)
    assert.equal(id, assert(err:wait(60)).id)
    assert(err.task:wait(60))
    assert.same({ "succeeded" }, entries(owner))
    assert.equal(1, owner.journal:spend().attempts)
    assert.equal(1, fault:billed())
  end)

  it("takes replays, out of order and long after, without harm", function()
    local owner = here.open()
    local err, id, path = lose(owner)
    local other = receiver_on(here.open())
    for _, state in ipairs({ "fail", "success", "generating", "success" }) do
      assert.equal(200, (other:receive({}, body_of(id, state), { path = path })))
    end
    assert(assert(err:wait(60)):wait(60))
    for _ = 1, 20 do
      assert.equal(200, (other:receive({}, body_of(id, "fail"), { path = path })))
    end
    assert.same({ "succeeded" }, entries(owner))
    assert.equal(1, owner.journal:spend().attempts)
    assert.equal(1, fault:billed())
  end)

  it("does not give a task to the entry of another token", function()
    local owner = here.open()
    local first, id, path = lose(owner, "first")
    local second, other_id, other_path = lose(owner, "second")
    local other = receiver_on(here.open())
    assert.equal(200, (other:receive({}, body_of(id), { path = path })))
    assert.equal(id, assert(first:wait(60)).id)
    assert.equal(200, (other:receive({}, body_of(id), { path = other_path }))) -- a token, and a stranger's task
    assert.equal(200, (other:receive({}, body_of(other_id), { path = other_path })))
    assert.equal(other_id, assert(second:wait(60)).id)
    assert.equal(2, fault:billed())
  end)

  -- A signature of the documents' vector, made by other software.
  it("takes both secrets while one replaces the other", function()
    local client = here.open()
    local headers = {
      ["X-Webhook-Timestamp"] = "1765166300",
      ["X-Webhook-Signature"] = "s3K3JF/HVFDygnMZfQmYqXmisuuV/c9bJB7X+bzwIKo=",
    }
    local function status(...)
      return (receiver_on(client, { secrets = { ... } }):receive(headers, body_of("task_z_image_1765166238716"),
        { now = 1765166310 }))
    end
    assert.same({ 200, 200, 401 }, {
      status("test-webhook-key"), status("the next key", "test-webhook-key"), status("the next key"),
    })
  end)

  it_has_sqlite("waits while another process has the journal", function()
    local err, id, path = lose(here.open())
    local client = here.open()
    local other = receiver_on(client)
    local held = here.folder .. "/held"
    local holder = io.popen(("sqlite3 -bail '%s/studio.db'"):format(here.folder), "w")
    holder:write(".timeout 60000\nBEGIN IMMEDIATE;\n.shell touch '", held, "'\n")
    holder:flush()
    while not is_there(held) do
      client:sleep(0.01)
    end
    local job = client:spawn(function()
      return (other:receive({}, body_of(id), { path = path }))
    end)
    for _ = 1, 10 do
      client:poll(0.01)
      assert.is_not.equal("done", job.status)
    end
    holder:write("COMMIT;\n")
    holder:close()
    assert.equal(200, job:wait(60))
    assert.equal(id, assert(err:wait(60)).id)
  end)

  it("sends the service away while the journal cannot be asked", function()
    local _, id, path = lose(here.open())
    local file = assert(io.open(here.folder .. "/other.db", "wb"))
    file:write(("no journal "):rep(1000))
    file:close()
    local other = receiver_on(here.open({ journal = here.folder .. "/other.db" }))
    assert.equal(503, (other:receive({}, body_of(id), { path = path })))
  end)

  it("takes a client or a journal, not both", function()
    local ok, message = pcall(webhook.new, { journal = here.folder .. "/studio.db", client = here.open() })
    assert.is_false(ok)
    assert.matches("give client, which queries the tasks, or journal", message)
  end)
end)
