-- Callbacks that come to another process than the one that waits for the task:
-- the owner asks about it at once. Its own next query would be hours away.

local child = require "spec.support.child"
local fault_client = require "spec.support.fault_client"
local folders = require "spec.support.folder"
local json = require "spec.support.fault.json"
local postgres = require "spec.support.postgres"
local quick = require "spec.support.quick"
local raw_http = require "spec.support.raw_http"

local PROGRAM = "spec/support/callback_child.lua"
local HOOK = "http://127.0.0.1:9/hook"
local PATIENCE = 60 -- s
local RARELY = { poll = { first = 7200, factor = 1, max = 7200, jitter = 0 }, deadline = 9000 }

local fault = fault_client.serve()

local function body_of(task_id, request)
  return json.encode { code = 200, data = { taskId = task_id, state = "success", param = request } }
end

local function sent(n)
  return fault:requests({ kind = "create" })[n or 1].body
end

-- The cases for a journal that `place()` names.
local function cases(place)
  local owner, listener

  local function open(options)
    local all = { journal = place() }
    for name, value in pairs(options or RARELY) do
      all[name] = value
    end
    return quick.client(fault, all)
  end

  local function create(options)
    return owner:create({ model = "z-image", input = { prompt = "a kite" }, callBackUrl = HOOK }, options)
  end

  -- Another process gets this.
  local function notify(body)
    local status, said = child.run(PROGRAM, { fault.base_url, place(), body })
    assert.same({ 0, "" }, { status, said })
  end

  local function await_end(task)
    assert.equal(1, #assert(task:wait(PATIENCE)).urls)
    assert.same({ creates = 1, queries = 1, billed = 1 }, quick.counts(fault))
  end

  before_each(function()
    fault:rule({ on = "create", script = { polls_until_success = 0 } })
  end)

  after_each(function()
    if listener then
      listener:kill("KILL")
      listener:finish()
      listener = nil
    end
    quick.close()
  end)

  it("wakes who waits, by the token", function()
    owner = open()
    local task = assert(create())
    notify(body_of(task.id, sent()))
    await_end(task)
  end)

  it("wakes who waits, without a token", function()
    owner = open()
    local task = assert(create({ key = "kite" }))
    notify(json.encode { taskId = task.id })
    await_end(task)
  end)

  it("wakes who has taken a task over", function()
    local first = open()
    owner = first
    local id = assert(create()).id
    first:close()
    fault:task(id, { polls_until_success = 1 })
    owner = open()
    local tasks = assert(owner:resume())
    assert(fault:await("queries", { at_least = 1 }))
    notify(json.encode { taskId = id })
    assert.equal(1, #assert(tasks[1]:wait(PATIENCE)).urls)
    assert.same({ creates = 1, queries = 2, billed = 1 }, quick.counts(fault))
  end)

  it("wakes all that wait for the same key", function()
    owner = open()
    local tasks = owner:map({ 1, 2, 3 }, function()
      return assert(create({ key = "kite" }))
    end)
    notify(json.encode { taskId = "task_1" })
    for i = 1, 3 do
      assert.equal("task_1", assert(tasks[i]:wait(PATIENCE)).task_id)
    end
    assert.equal(1, fault:billed())
  end)

  it("keeps what came before the create was answered", function()
    fault:clear_rules()
    fault:rule({ on = "create", act = "hang", when = "after_read", script = { polls_until_success = 0 } })
    owner = open()
    local job = owner:spawn(create)
    owner:run(function()
      while not fault:requests({ kind = "create" })[1] do
        owner:sleep(0.01)
      end
    end)
    local hook = json.encode { callBackUrl = HOOK .. "?liangxin_token=" .. owner._tokens.order[1] }
    notify(body_of("task_1", hook))
    fault:release()
    assert.equal(1, #assert(assert(job:wait(PATIENCE)):wait(PATIENCE)).urls)
    -- who got the callback has confirmed that the task is the entry's
    assert.same({ creates = 1, queries = 2, billed = 1 }, quick.counts(fault))
  end)

  it("wakes by a listener of its own, which many share", function()
    listener = child.start(PROGRAM, { fault.base_url, place() })
    local peer = assert(raw_http.connect("http://127.0.0.1:" .. listener:line()))
    owner = open()
    local task = assert(create())
    local token = sent():match("liangxin_token=(%x+)")
    assert.equal(401, peer:ask("POST", "/", body_of(task.id)).status)
    assert.equal(401, peer:ask("POST", "/?liangxin_token=" .. ("0"):rep(#token), body_of(task.id)).status)
    assert.equal(200, peer:ask("POST", "/?liangxin_token=" .. token, body_of(task.id)).status)
    peer:close()
    await_end(task)
  end)
end

describe("a callback at another process", function()
  if not child.can_start then
    pending("no shell to start a process with")
    return
  end
  local folder

  before_each(function()
    folder = folders.new()
  end)

  cases(function()
    return folder .. "/studio.db"
  end)

  after_each(function() -- the last one: nobody uses it any more
    folders.remove(folder)
  end)
end)

describe("a callback at another process, on PostgreSQL", function()
  local place = postgres.serve()
  if not place then
    return
  end

  cases(place)
end)
