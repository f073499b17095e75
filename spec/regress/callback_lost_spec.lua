-- A callback that was answered 200 and forgotten: the client that got it was
-- killed before the journal had it, or the service did not confirm the task just
-- then. The task was billed, and its entry stayed unknown.

local fault_client = require("spec.support.fault_client")
local journals = require("spec.support.journals")
local json = require("spec.support.fault.json")
local quick = require("spec.support.quick")
local raw_http = require("spec.support.raw_http")
local socket = require("socket")
local sqlite = require("spec.support.sqlite")

local FORGED = ("0"):rep(32)
local PATIENCE = 60 -- s
local WAITING_MAX = 256 -- see csrc/listener/desk.h

describe("a callback", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)

  -- A create whose answer is lost, of a client that is closed since.
  local function lose()
    fault:rule({ on = "create", status = 200, cut_after = 0, script = { polls_until_success = 0 } })
    local _, err = here.open():generate("z-image", { prompt = "a kite" }, {
      key = "kite", callBackUrl = "http://127.0.0.1:9/",
    })
    assert.equal("outcome_unknown", err.kind)
    quick.close()
  end

  -- What the service posts about it: body, path.
  local function callback()
    local create = fault:requests({ kind = "create" })[1]
    local path = json.decode(create.body).callBackUrl:gsub("^%w+://[^/]+", "")
    return json.encode({ taskId = create.task, state = "success" }), path
  end

  local function post(listening, body, path)
    local peer = assert(raw_http.connect(("http://127.0.0.1:%d"):format(listening.port)))
    peer:request("POST", path, body)
    return peer
  end

  -- The status that `client` leads to.
  local function status_of(client, peer)
    local limit = socket.gettime() + PATIENCE
    client:run(function()
      while not socket.select({ peer.io }, nil, 0)[1] and socket.gettime() < limit do
        client:sleep(0.01)
      end
    end)
    local answer = peer:answer()
    peer:close()
    return answer.status
  end

  local function hints()
    return sqlite.ask(here.folder .. "/studio.db", "SELECT count(*) FROM hint")
  end

  local function state(client)
    return assert(client.journal:entries({ key = "kite" }))().state
  end

  it("is answered when it is kept, not before", function()
    lose()
    local client = here.open()
    local listening = assert(client:listen())
    local peer = post(listening, callback())
    assert.same({}, { socket.select({ peer.io }, nil, 0.3)[1] }) -- nobody steps the client
    assert.equal("0", hints())
    assert.equal(200, status_of(client, peer))
    assert.equal("1", hints())
    local body, path = callback()
    assert.equal(401, status_of(client, post(listening, body, (path:gsub("token=%w+", "token=" .. FORGED)))))
    assert.equal("1", hints())
  end)

  it("is sent away while it cannot be kept", function()
    lose()
    local file = assert(io.open(here.folder .. "/other.db", "wb"))
    file:write(("no journal "):rep(1000))
    file:close()
    local client = here.open({ journal = here.folder .. "/other.db" })
    assert.equal(503, status_of(client, post(assert(client:listen()), callback())))
  end)

  it("is sent away by a listener that stops", function()
    lose()
    local client = here.open()
    local listening = assert(client:listen())
    local peer = post(listening, callback())
    assert.same({}, { socket.select({ peer.io }, nil, 0.3)[1] })
    listening:stop()
    local answer = peer:answer()
    assert.is_true(answer == nil or answer.status == 503)
    peer:close()
    assert.equal("0", hints())
  end)

  it("is sent away where too many wait for the program", function()
    lose()
    local client = here.open()
    local listening = assert(client:listen())
    local body, path = callback()
    local forged, peers, sockets = path:gsub("token=%w+", "token=" .. FORGED), {}, {}
    for i = 1, WAITING_MAX + 1 do
      local peer = post(listening, body, forged)
      peers[peer.io], sockets[i] = peer, peer.io
    end
    local first = socket.select(sockets, nil, PATIENCE)[1] -- nobody steps the client
    assert.equal(503, peers[first]:answer().status)
    peers[first]:close()
    peers[first] = nil
    for _, peer in pairs(peers) do
      local status = status_of(client, peer)
      assert.is_true(status == 401 or status == 503, status)
    end
    assert.equal(200, status_of(client, post(listening, body, path)))
  end)

  -- Kept, but the service answers nobody.
  local function keep_unconfirmed()
    lose()
    fault:rule({ on = "query", status = 500, times = "always" })
    local client = here.open()
    assert.equal(200, status_of(client, post(assert(client:listen()), callback())))
    assert(fault:await("queries", { at_least = 1 }))
    assert.equal("unknown", state(client))
    quick.close()
    fault:clear_rules()
  end

  it("heals when the service has not confirmed it, and who got it is gone", function()
    keep_unconfirmed()
    local client = here.open()
    local results = assert(client:resume({ wait = true }))
    assert.equal("task_1", results[1].task_id)
    assert.equal("succeeded", state(client))
    assert.equal(1, fault:billed())
  end)

  it("is healed by workers, too", function()
    keep_unconfirmed()
    local client, ids = here.open(), {}
    assert(client:work(function(result, _, entry)
      ids[#ids + 1] = result and entry.task_id
    end, { until_empty = true }))
    assert.same({ "task_1" }, ids)
    assert.equal("succeeded", state(client))
  end)
end)
