-- While another program had the lock of the journal, a receiver in a web server kept
-- the service waiting for as long as SQLite tries, 30 s, and client:listen for 10 s.

local fault_client = require("spec.support.fault_client")
local journals = require("spec.support.journals")
local json = require("spec.support.fault.json")
local raw_http = require("spec.support.raw_http")
local socket = require("socket")
local sqlite = require("spec.support.sqlite")
local webhook = require("liangxin.webhook")

local PATIENCE_S = 60
local LOCK_TRIES_S = 30 -- then SQLite gives up

describe("a callback while another program has the journal", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)
  local it_asks = sqlite.has_program and it or pending

  -- A create whose answer is lost: the task that it made, and the path of its callback.
  local function lose(client)
    fault:rule({ on = "create", status = 200, cut_after = 0, script = { polls_until_success = 0 } })
    local _, err = client:create({
      model = "z-image", input = { prompt = "a kite" }, callBackUrl = "https://hooks.example/done",
    }, { key = "kite" })
    assert.equal("outcome_unknown", err.kind)
    local create = fault:requests({ kind = "create" })[1]
    return create.task, (json.decode(create.body).callBackUrl:gsub("^https://[^/]+", ""))
  end

  local function body_of(id)
    return json.encode({ code = 200, msg = "success", data = { taskId = id, state = "success" } })
  end

  -- Another program takes the lock: a function that lets go of it.
  local function lock(client)
    local held = here.folder .. "/held"
    local holder = io.popen(("sqlite3 -bail '%s/studio.db'"):format(here.folder), "w")
    holder:write(".timeout 60000\nBEGIN IMMEDIATE;\n.shell touch '", held, "'\n")
    holder:flush()
    local file
    repeat
      client:sleep(0.01)
      file = io.open(held)
    until file
    file:close()
    return function()
      holder:write("COMMIT;\n")
      holder:close()
    end
  end

  local function await_healed(client, id)
    local deadline = os.time() + PATIENCE_S
    while assert(client.journal:entries({ key = "kite" }))().task_id ~= id do
      assert(os.time() <= deadline)
      client:sleep(0.01)
    end
    assert.equal(1, fault:billed())
  end

  it_asks("is sent away by a receiver, and taken when the service calls again", function()
    local client = here.open()
    local id, path = lose(client)
    local receiver = webhook.new({ client = client })
    local let_go = lock(client)
    local began = socket.gettime()
    assert.equal(503, (receiver:receive({}, body_of(id), { path = path })))
    assert.is_true(socket.gettime() - began < LOCK_TRIES_S)
    let_go()
    assert.equal(200, (receiver:receive({}, body_of(id), { path = path })))
    await_healed(client, id)
  end)

  it_asks("is sent away by a listener, and taken when the service calls again", function()
    local client = here.open()
    local listening = assert(client:listen())
    local id, path = lose(client)

    local function post()
      local peer = assert(raw_http.connect(("http://127.0.0.1:%d"):format(listening.port)))
      assert(peer:request("POST", path, body_of(id)))
      local deadline = os.time() + PATIENCE_S
      while #socket.select({ peer.raw }, nil, 0) == 0 do
        assert(os.time() <= deadline)
        client:poll(0.01)
      end
      local status = peer:answer().status
      peer:close()
      return status
    end

    local let_go = lock(client)
    local began = socket.gettime()
    assert.equal(503, post())
    assert.is_true(socket.gettime() - began < LOCK_TRIES_S)
    let_go()
    assert.equal(200, post())
    await_healed(client, id)
  end)
end)
