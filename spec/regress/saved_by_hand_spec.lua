-- result:save of a journal's task was not written down: the entry stayed
-- "succeeded" without files, and client.journal:rescue downloaded them again.

local fault_client = require("spec.support.fault_client")
local folders = require("spec.support.folder")
local journals = require("spec.support.journals")
local sqlite = require("spec.support.sqlite")

local INPUT = { prompt = "a pond" }

describe("result:save with a journal", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)

  local function entry_of(client, filter)
    return assert(client.journal:entries(filter))()
  end

  local function paths_of(files)
    local paths = {}
    for i, file in ipairs(files) do
      paths[i] = file.path
    end
    return paths
  end

  -- The host hears of a saved file before that is written down.
  local function await_saved(client, filter)
    for _ = 1, 3000 do
      local entry = entry_of(client, filter)
      if entry.state == "saved" then
        return entry
      end
      client:sleep(0.01)
    end
    error("not saved within 30 s: " .. tostring(entry_of(client, filter)))
  end

  it("is written down, and nothing is downloaded again", function()
    fault:service({ files = 2 })
    local client = here.open()
    local result = assert(client:generate("z-image", INPUT, { key = "a" }))
    local files = assert(result:save(here.folder .. "/out/"))
    local entry = await_saved(client, { key = "a" })
    assert.same(paths_of(files), paths_of(entry.files))
    assert.same({}, client.journal:rescue(here.folder .. "/rescued/"))
    assert.same(paths_of(files), paths_of(assert(result:save(here.folder .. "/out/"))))
    local again = assert(client:generate("z-image", INPUT, { key = "a", save = here.folder .. "/out/" }))
    assert.same(paths_of(files), paths_of(again.files))
    assert.equal(2, fault:stats().files)
  end)

  it("saves elsewhere, too, and the entry keeps its own files", function()
    local client = here.open()
    local result = assert(client:generate("z-image", INPUT, { key = "a" }))
    local first = assert(result:save(here.folder .. "/out/pond.png"))
    await_saved(client, { key = "a" })
    assert(result:save(here.folder .. "/out/pon"))
    assert.same({ "pon", "pond.png" }, folders.list(here.folder .. "/out"))
    assert.same(paths_of(first), paths_of(entry_of(client, { key = "a" }).files))
  end)

  it("has its files where the last save has put them, after one that failed", function()
    fault:service({ files = 2 })
    fault:rule({ on = "file", path = "/files/task_1-2", body = "<html>no</html>", content_type = "text/html" })
    local client = here.open()
    local result = assert(client:generate("z-image", INPUT, { key = "a" }))
    local files, err = result:save(here.folder .. "/first/")
    assert.is_nil(files)
    assert.same({ "download", 1 }, { err.kind, #err.files })
    assert.equal("succeeded", entry_of(client, { key = "a" }).state)
    fault:rule({ on = "file", path = "/files/task_1-1", delay_s = 0.5 }) -- it ends last
    files = assert(result:save(here.folder .. "/second/"))
    assert.same(paths_of(files), paths_of(await_saved(client, { key = "a" }).files))
    assert.same({ "task_1-1.png", "task_1-2.png" }, folders.list(here.folder .. "/second"))
  end)

  it("finds the entry of a task that is known by its id alone", function()
    local client = here.open()
    fault:service({ polls_until_success = 1000000 })
    local id = assert(client:create({ model = "z-image", input = INPUT })).id
    client:close()
    fault:task(id, { polls_until_success = 0 })
    client = here.open()
    local files = assert(assert(client:task(id):wait()):save(here.folder .. "/out/"))
    local entry = await_saved(client, { task_id = id })
    assert.same(paths_of(files), paths_of(entry.files))
    assert.same({}, client:resume())
    assert.equal(1, fault:billed())
  end)

  it("does not wait for another client that saves the same", function()
    fault:rule({ on = "file", act = "hang" })
    local client, other = here.open(), here.open()
    local job = client:spawn(client.generate, client, "z-image", INPUT, { key = "a", save = here.folder .. "/out/" })
    client:run(function()
      while fault:stats().hanging == 0 do
        client:sleep(0.01)
      end
    end)
    local entry = entry_of(other, { key = "a" })
    local files = assert(assert(other:task(entry.task_id):wait()):save(here.folder .. "/mine/"))
    assert.equal(1, #files)
    fault:release()
    local result = assert(job:wait())
    assert.same(paths_of(result.files), paths_of(await_saved(other, { key = "a" }).files))
  end)

  local it_asks = sqlite.has_program and it or pending
  it_asks("saves what cannot be written down", function()
    local client = here.open()
    local result = assert(client:generate("z-image", INPUT, { key = "a" }))
    sqlite.ask(here.folder .. "/studio.db",
      "CREATE TRIGGER refuse BEFORE INSERT ON file BEGIN SELECT RAISE(ABORT, 'no room'); END")
    assert.equal(1, #assert(result:save(here.folder .. "/out/")))
    assert.equal("succeeded", entry_of(client, { key = "a" }).state)
  end)

  it("of another service's task is a download like any other", function()
    fault:make_task("elsewhere", { polls_until_success = 0 })
    local client = here.open()
    local result = assert(client:task("elsewhere"):wait())
    assert.equal(1, #assert(result:save(here.folder .. "/out/")))
    assert.is_nil(assert(client.journal:entries())())
  end)
end)
