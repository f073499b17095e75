-- Entries that are put in for any worker: journal:enqueue and client:work.

local child = require "spec.support.child"
local fault_client = require "spec.support.fault_client"
local folders = require "spec.support.folder"
local json = require "spec.support.fault.json"
local live = require "spec.support.live"
local postgres = require "spec.support.postgres"
local quick = require "spec.support.quick"

local PROGRAM = "spec/support/work_child.lua"
local PATIENCE = 60 -- s

local fault = fault_client.serve()

local function request(name, options)
  local all = { model = "z-image", input = { prompt = name }, key = name }
  for field, value in pairs(options or {}) do
    all[field] = value
  end
  return all
end

local function requests(count, options)
  local list = {}
  for i = 1, count do
    list[i] = request(("r%d"):format(i), options)
  end
  return list
end

-- The cases for a journal that `place()` names.
local function cases(place)
  local function open(options)
    options = options or {}
    options.journal = place()
    return quick.client(fault, options)
  end

  -- Work off all that is there: keys in the order of their ends, counts.
  local function work(client, opts)
    local keys = {}
    opts = opts or {}
    opts.until_empty = true
    local counts = assert(client:work(function(result, err, entry)
      local name = entry.key or "#" .. entry.id
      keys[#keys + 1] = result and name or ("%s: %s"):format(name, err.kind)
    end, opts))
    return keys, counts
  end

  local function states(client)
    local found = {}
    for entry in assert(client.journal:entries()) do
      found[entry.state] = (found[entry.state] or 0) + 1
    end
    return found
  end

  it("sends what was enqueued, once, whoever does", function()
    local client = open()
    assert.same({ added = 300, known = 0 }, client.journal:enqueue(requests(300)))
    assert.same({ added = 0, known = 300 }, client.journal:enqueue(requests(300)))
    assert.same({ planned = 300 }, states(client))
    assert.equal(0, fault:stats().creates)
    local keys, counts = work(client, { concurrency = 32 })
    assert.same({ done = 300, failed = 0 }, counts)
    assert.equal(300, #keys)
    assert.same({ 300, 300 }, { fault:stats().creates, fault:billed() })
    assert.same({ done = 0, failed = 0 }, select(2, work(open())))
    assert.same({ added = 1, known = 0 }, client.journal:enqueue { model = "z-image", input = { prompt = "no key" } })
    assert.same({ done = 1, failed = 0 }, select(2, work(client)))
  end)

  it("is given up and forgotten, more of it than goes into one commit", function()
    local client = open()
    assert(client.journal:enqueue(requests(600, { batch = "night" })))
    assert(client.journal:enqueue(request("kept")))
    assert.equal(600, client.journal:cancel { batch = "night" })
    assert.same({ planned = 1, refused = 600 }, states(client))
    assert.equal(600, client.journal:prune { before = os.time() + 3600 })
    assert.same({ planned = 1 }, states(client))
  end)

  it("goes by priority, batch and due time", function()
    local client = open()
    assert(client.journal:enqueue(request("low", { priority = -1 })))
    assert(client.journal:enqueue { request("b"), request("a", { priority = 5 }), request("c") })
    assert(client.journal:enqueue(request("other"), { batch = "night" }))
    assert(client.journal:enqueue(request("later"), { due = os.time() + 86400, batch = "later" }))
    assert.same({ "other" }, (work(client, { batch = "night" })))
    local keys = {}
    local counts = assert(client:work(function(_, _, entry)
      keys[#keys + 1] = entry.key
    end, { concurrency = 1, is_over = function()
      return #keys == 4
    end }))
    assert.same({ "a", "b", "c", "low" }, keys)
    assert.equal(4, counts.done)
    assert.same({ planned = 1, succeeded = 5 }, states(client))
  end)

  it("saves where it was told, and reserves what it may cost when it is enqueued", function()
    local folder = folders.new()
    local client = open { budget = { credits = 3 }, prices = { ["z-image"] = 1 } }
    local counts, err = client.journal:enqueue(requests(5, { save = folder .. "/" }))
    assert.is_nil(counts)
    assert.same({ "budget", 3 }, { err.kind, err.added })
    assert.same({ done = 3, failed = 0 }, select(2, work(client)))
    assert.equal(3, #folders.list(folder))
    assert.same({ saved = 3 }, states(client))
    folders.remove(folder)
  end)

  it("refuses in words", function()
    local client = open()
    assert(client.journal:enqueue(request("a")))
    local _, err = client.journal:enqueue(request("a", { input = { prompt = "another" } }))
    assert.same({ "invalid_request", 0 }, { err.kind, err.added })
    local function raised(...)
      return live.raised(client.journal.enqueue, client.journal, ...)
    end
    assert.truthy(raised("x"):find("must be a request or a list", 1, true))
    assert.truthy(raised({ request("x", { due = "soon" }) }):find("due", 1, true))
    assert.truthy(raised(requests(2), { key = "one" }):find("a key names one request", 1, true))
    assert.truthy(live.raised(client.work, client, 5):find("client:work", 1, true))
    assert.truthy(live.raised(quick.client(fault).work, quick.client(fault), print):find("needs a journal", 1, true))
  end)

  it("tells failures, and gives back what was not sent", function()
    local client = open { retry = { attempts = 1 } }
    fault:rule({ on = "create", status = 429 })
    fault:rule({ on = "create", script = { outcome = "fail" } })
    assert(client.journal:enqueue(requests(3)))
    local keys, counts = work(client, { concurrency = 1 })
    assert.same({ done = 2, failed = 1 }, counts)
    assert.equal(3, #keys)
    assert.equal(4, fault:stats().creates)
    assert.same({ succeeded = 2, failed = 1 }, states(client))
  end)

  it("ends with a refused key, and leaves the rest", function()
    local client = open()
    fault:rule({ on = "create", status = 401, times = "always" })
    assert(client.journal:enqueue(requests(20)))
    local counts, err = client:work(function() end, { concurrency = 2 })
    assert.is_nil(counts)
    assert.equal("auth", err.kind)
    assert.is_true(states(client).planned >= 16)
    fault:clear_rules()
  end)

  -- A callback for the task of an entry that another client's worker watches, which
  -- would not ask for ten minutes. `body_of(task_id)` makes what the service posts.
  local function assert_wakes(body_of)
    fault:service({ polls_until_success = 0 })
    local client, other = open { poll = { first = 600, factor = 1, max = 600, jitter = 0 } }, open()
    assert(client.journal:enqueue(request("a", { callBackUrl = "http://127.0.0.1:9/" })))
    local job = client:spawn(function()
      return client:work(function() end, { until_empty = true })
    end)
    local entry
    client:run(function()
      repeat
        client:sleep(0.01)
        entry = assert(client.journal:entries { state = "accepted" })()
      until entry
    end)
    assert.equal(0, fault:stats().queries)
    assert(other:notify(body_of(entry.task_id)))
    local limit = os.time() + PATIENCE
    client:run(function()
      repeat
        client:sleep(0.01)
        other:step()
      until job.status == "done" or os.time() > limit
    end)
    assert.same({ done = 1, failed = 0 }, job:wait(0))
    assert.equal(1, fault:stats().creates)
  end

  it("is woken by a callback that came to another process", function()
    assert_wakes(function(task_id)
      local sent = fault:requests({ kind = "create" })[1].body
      return json.encode { code = 200, data = { taskId = task_id, state = "success", param = sent } }
    end)
  end)

  it("is woken by one without a token, too", function()
    assert_wakes(function(task_id)
      return json.encode { taskId = task_id }
    end)
  end)

  it("ends when its job is cancelled, or the client closed", function()
    fault:service({ polls_until_success = 1000000 })
    local client = open()
    assert(client.journal:enqueue(requests(2)))
    local job = client:spawn(function()
      return client:work(function() end)
    end)
    client:run(function()
      while fault:stats().queries < 2 do
        client:sleep(0.01)
      end
    end)
    job:cancel()
    local _, err = job:wait()
    assert.equal("cancelled", err.kind)
    fault:service({ polls_until_success = 0 })
    local other = open()
    for entry in assert(other.journal:entries { state = "accepted" }) do
      fault:task(entry.task_id, { polls_until_success = 0 })
    end
    local second = other:spawn(function()
      return other:work(function() end)
    end)
    client:close()
    other:run(function()
      while states(other).succeeded ~= 2 do
        other:sleep(0.01)
      end
    end)
    other:close()
    _, err = second:wait()
    assert.equal("closed", err.kind)
    assert.equal(2, fault:billed())
  end)
end

describe("enqueued work", function()
  local it_runs = child.can_start and it or pending
  local folder

  before_each(function()
    folder = folders.new()
  end)

  after_each(function()
    quick.close()
    folders.remove(folder)
  end)

  cases(function()
    return folder .. "/studio.db"
  end)

  it_runs("outlives a worker that is killed: nothing is lost, nothing paid for twice", function()
    fault:service({ polls_until_success = 1000000 })
    fault:rule({ on = "create", act = "hang", billed = false })
    local client = quick.client(fault, { journal = folder .. "/studio.db" })
    assert(client.journal:enqueue(requests(10)))
    local worker = child.start(PROGRAM, { fault.base_url, folder .. "/studio.db", "4" })
    assert(fault:await("creates", { at_least = 4 }))
    assert(fault:await("queries", { at_least = 3 }))
    local deadline = os.time() + PATIENCE
    local function count(state)
      local found = 0
      for _ in assert(client.journal:entries { state = state }) do
        found = found + 1
      end
      return found
    end
    while (count("accepted") < 3 or count("sending") < 1) and os.time() < deadline do
      client:sleep(0.01)
    end
    worker:kill("KILL")
    worker:finish()
    for entry in assert(client.journal:entries { state = "accepted" }) do
      fault:task(entry.task_id, { polls_until_success = 0 })
    end
    fault:service({ polls_until_success = 0 })
    local kinds = {}
    local counts = assert(client:work(function(_, err)
      kinds[#kinds + 1] = err and err.kind
    end, { until_empty = true }))
    assert.same({ done = 9, failed = 1 }, counts)
    assert.same({ "outcome_unknown" }, kinds)
    assert.equal(9, fault:billed())
    assert.equal(10, fault:stats().creates)
    fault:release()
  end)
end)

describe("enqueued work on PostgreSQL", function()
  local place = postgres.serve()
  if not place then
    return
  end

  after_each(function()
    quick.close()
  end)

  cases(place)
end)
