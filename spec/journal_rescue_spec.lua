-- Taking over what nobody watches any more, and downloading what is on no disk.

local fault_client = require "spec.support.fault_client"
local folders = require "spec.support.folder"
local journals = require "spec.support.journals"
local lfs = require "lfs"
local live = require "spec.support.live"
local quick = require "spec.support.quick"

local INPUT = { prompt = "a pond" }

describe("client:resume", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)
  local open = here.open

  local function create(client, key, opts)
    opts = opts or {}
    opts.key = key
    return assert(client:create({ model = "z-image", input = INPUT }, opts))
  end

  -- The host hears of an end before it is written down, so look until it is.
  local function becomes(client, wanted)
    local found
    for _ = 1, 3000 do
      found = {}
      for entry in assert(client.journal:entries()) do
        found[entry.key] = entry.state
      end
      if pcall(assert.same, wanted, found) then
        return
      end
      client:sleep(0.01)
    end
    assert.same(wanted, found)
  end

  it("needs a journal", function()
    local client = quick.client(fault)
    assert.truthy(live.raised(client.resume, client):find("client:resume needs a journal", 1, true))
    assert.truthy(live.raised(client.resume, open(), { wiat = true }):find("did you mean 'wait'?", 1, true))
  end)

  it("of a journal without anything to do gives nothing", function()
    local client = open()
    assert.same({}, client:resume())
    assert.same({}, client:resume { wait = true })
    assert(client:generate("z-image", INPUT, { key = "a" }))
    assert.same({}, client:resume())
    client:close()
    assert.same({}, open():resume())
    assert.equal(1, fault:stats().creates)
  end)

  it("watches what a closed client has left, and writes down its end", function()
    fault:service({ polls_until_success = 1000000 })
    local client = open()
    local ids = {}
    for _, key in ipairs { "a", "b", "c" } do
      ids[key] = create(client, key).id
    end
    client:close()
    fault:service({ polls_until_success = 0 })
    fault:task(ids.b, { outcome = "fail", polls_until_success = 0 })
    client = open()
    local tasks = assert(client:resume())
    assert.same({ "a", "b", "c" }, { tasks[1].key, tasks[2].key, tasks[3].key })
    for _, task in ipairs(tasks) do
      fault:task(task.id, { polls_until_success = 0, outcome = task.key == "b" and "fail" or "success" })
    end
    local results, errors = client:wait_all(tasks)
    assert.equal(ids.a, results[1].task_id)
    assert.equal("task_failed", errors[2].kind)
    becomes(client, { a = "succeeded", b = "failed", c = "succeeded" })
    assert.equal(3, fault:stats().creates)
  end)

  it("leaves to others what they are at, and what is not sent to who asks for it", function()
    local client, other = open(), open()
    fault:service({ polls_until_success = 1000000 })
    create(client, "a")
    assert.same({}, other:resume())
    client:close()
    assert.equal(1, #other:resume())
    assert.same({}, other:resume())
  end)

  it("is not needed where the wait was given up: the entry learns of the end", function()
    fault:service({ polls_until_success = 1000000 })
    local client, id = open(), nil
    local job = client:spawn(function()
      return client:generate("z-image", INPUT, { key = "a", on_created = function(task_id)
        id = task_id
      end })
    end)
    client:run(function()
      while not id or fault:stats().queries == 0 do
        client:sleep(0.01)
      end
    end)
    job:cancel()
    local _, err = job:wait()
    fault:task(err.task_id, { polls_until_success = 0 })
    assert(err.task:wait())
    becomes(client, { a = "succeeded" })
  end)

  it("saves what was to be saved", function()
    fault:service({ polls_until_success = 1000000, files = 2 })
    local client = open()
    local task = create(client, "a", { save = here.folder .. "/out/" })
    client:close()
    client = open()
    fault:task(task.id, { polls_until_success = 0, files = 2 })
    local results = assert(client:resume { wait = true })
    assert.equal(2, #results[1].files)
    assert.equal(2, #folders.list(here.folder .. "/out"))
    becomes(client, { a = "saved" })
    local entry = assert(client.journal:entries { key = "a" })()
    assert.equal(results[1].files[2].path, entry.files[2].path)
    assert.same({}, client:resume())
  end)

  it("goes on where a closed client has saved one file of two", function()
    fault:service({ files = 2 })
    local client = open()
    fault:rule({ on = "file", path = "/files/task_1-2", act = "hang" })
    local task = create(client, "a", { save = here.folder .. "/out/" })
    local job = client:spawn(task.wait, task)
    client:run(function()
      while not (lfs.attributes(here.folder .. "/out/task_1-1.png", "mode") and fault:stats().hanging > 0) do
        client:sleep(0.01)
      end
    end)
    client:close()
    assert.equal("closed", select(2, job:wait()).kind)
    fault:release()
    client = open()
    local results, errors = assert(client:resume { wait = true })
    assert(results[1], tostring(errors[1]))
    assert.same({ "task_1-1.png", "task_1-2.png" }, folders.list(here.folder .. "/out"))
    becomes(client, { a = "saved" })
    assert.equal(3, fault:stats().files) -- the first is not downloaded again
  end)

  it("goes on with the saving that a closed client has left", function()
    local client = open()
    fault:rule({ on = "file", act = "hang" })
    local task = create(client, "a", { save = here.folder .. "/out/" })
    local job = client:spawn(function()
      return task:wait()
    end)
    assert(client:run(function()
      while fault:stats().hanging == 0 do
        client:sleep(0.01)
      end
      return true
    end))
    client:close()
    local _, err = job:wait()
    assert.equal("closed", err.kind)
    assert.truthy(err.message:find("the same key, or client:resume(), goes on", 1, true), err.message)
    fault:release()
    client = open()
    local results, errors = assert(client:resume { wait = true })
    assert(results[1], tostring(errors[1]))
    assert.same({ task.id .. "-1.png" }, folders.list(here.folder .. "/out"))
    becomes(client, { a = "saved" })
    assert.equal(1, fault:billed())
  end)

  describe("and client.journal:rescue", function()
    it("download what was never saved, and what is gone", function()
      local client = open()
      local never = assert(client:generate("z-image", INPUT, { key = "never" }))
      local gone = assert(client:generate("z-image", INPUT, { key = "gone", save = here.folder .. "/out/" }))
      local there = assert(client:generate("z-image", INPUT, { key = "there", save = here.folder .. "/out/" }))
      assert(os.remove(gone.files[1].path))
      local files, errors = assert(client.journal:rescue(here.folder .. "/rescued/"))
      assert.same({}, errors)
      assert.equal(2, #files)
      local wanted = { never.task_id .. "-1.png", gone.task_id .. "-1.png" }
      table.sort(wanted)
      assert.same(wanted, folders.list(here.folder .. "/rescued"))
      assert.same({ there.task_id .. "-1.png" }, folders.list(here.folder .. "/out"))
      becomes(client, { never = "saved", gone = "saved", there = "saved" })
      assert.same({}, (client.journal:rescue(here.folder .. "/rescued/")))
      assert.equal(3, fault:billed())
    end)

    it("tell what cannot be had", function()
      local client = open()
      local result = assert(client:generate("z-image", INPUT, { key = "a" }))
      fault:rule({ on = "file", status = 410, times = "always" })
      local files, errors = assert(client.journal:rescue(here.folder .. "/rescued/"))
      assert.same({}, files)
      assert.equal("expired", errors[1].kind)
      assert.equal(result.task_id, errors[1].task_id)
      fault:clear_rules()
      assert.equal(1, #client.journal:rescue(here.folder .. "/rescued/"))
    end)
  end)
end)
