-- client.journal: what it tells about entries, over a real file.

local fault_client = require "spec.support.fault_client"
local folders = require "spec.support.folder"
local live = require "spec.support.live"
local quick = require "spec.support.quick"

describe("client.journal", function()
  local fault = fault_client.serve()
  local folder, client

  before_each(function()
    folder = folders.new()
    client = quick.client(fault, { journal = folder .. "/studio.db" })
  end)

  after_each(function()
    quick.close()
    folders.remove(folder)
  end)

  it("of a new file knows nothing", function()
    local journal = client.journal
    assert.is_nil(assert(journal:entries())())
    assert.same({ attempts = 0, charged = 0, reserved = 0 }, journal:spend())
    assert.equal(0, journal:cancel {})
    assert.equal(0, journal:resolve({}, "nothing"))
    assert.equal(0, journal:prune { before = os.time() })
    assert.is_true(journal:adopt())
    local count, err = journal:cancel { key = "hero" }
    assert.is_nil(count)
    assert.equal('entry "hero" is not in the journal (journal)', tostring(err))
  end)

  it("cannot be opened where there is no folder, and says so at the first call", function()
    local lost = quick.client(fault, { journal = folder .. "/none/studio.db" })
    local iterator, err = lost.journal:entries()
    assert.is_nil(iterator)
    assert.equal("journal", err.kind)
    assert.equal("no", err.charged)
    assert.truthy(folders.slashed(err.message):find(folders.slashed(folder) .. "/none/studio.db", 1, true), err.message)
    assert.truthy(err.message:find("no such folder", 1, true), err.message)
  end)

  it("waits in jobs as all calls do", function()
    local job = client:spawn(function()
      return (client.journal:spend())
    end)
    assert.equal("waiting", job.status)
    assert.equal(0, job:wait().charged)
    local cancelled = client:spawn(function()
      return client.journal:spend()
    end)
    cancelled:cancel()
    local _, err = cancelled:wait()
    assert.equal("cancelled", err.kind)
    client:close()
    assert.truthy(live.raised(client.journal.spend, client.journal):find("closed client", 1, true))
  end)

  describe("entries", function()
    local function keys(filter)
      local found = {}
      for entry in assert(client.journal:entries(filter)) do
        found[#found + 1] = entry.key
      end
      return table.concat(found, " ")
    end

    it("are found by what they are", function()
      local began = os.time()
      for i, key in ipairs { "a", "b", "c" } do
        assert(client:generate(i < 3 and "z-image" or "flux-pro", { prompt = "x" }, {
          key = key, batch = i > 1 and "night" or nil,
        }))
      end
      fault:rule({ on = "create", status = 422, body = '{"code":422,"msg":"no"}' })
      client:generate("z-image", { prompt = "x" }, { key = "d" })
      assert.equal("a b c d", keys())
      assert.equal("b c", keys { batch = "night" })
      assert.equal("b", keys { batch = "night", model = "z-image" })
      assert.equal("a b c", keys { state = "succeeded" })
      assert.equal("a b c d", keys { state = { "succeeded", "refused" } })
      assert.equal("d", keys { state = "refused" })
      assert.equal("a b c d", keys { since = began - 1 })
      assert.equal("", keys { since = began + 3600 })
      assert.equal("c", keys { key = "c" })
      assert.equal("", keys { key = "c", state = "failed" })
      local entry = assert(client.journal:entries { key = "b" })()
      assert.equal("b", keys { task_id = entry.task_id })
      assert.equal("b", keys { id = entry.id })
      assert.equal("b", keys(entry))
    end)

    it("tell what became of each", function()
      local began = os.time() * 1000
      fault:service({ outcome = "fail", fail_msg = "no such light" })
      client:generate("z-image", { prompt = "x" }, { key = "a", priority = 7 })
      local entry = assert(client.journal:entries())()
      assert.equal("entry a (z-image, failed)", tostring(entry))
      assert.same({ 1, 1, 1, 7, {} }, { entry.id, entry.attempt, entry.attempts, entry.priority, entry.files })
      assert.equal("task_1", entry.task_id)
      assert.equal("task_failed", entry.error.kind)
      assert.truthy(tostring(entry.error):find("no such light", 1, true))
      for _, name in ipairs { "created_ms", "accepted_ms", "ended_ms" } do
        assert.is_true(entry[name] >= began and entry[name] < began + 600000, name)
      end
      assert.is_nil(entry.saved_ms)
    end)

    it("come in pages, also in jobs", function()
      local jobs = {}
      for i = 1, 300 do
        jobs[i] = client:spawn(function()
          return client:create({ model = "z-image", input = { prompt = "x" } }, { key = "k" .. i, watch = false })
        end)
      end
      client:wait_all(jobs)
      local function count()
        local entries, seen = assert(client.journal:entries()), {}
        while true do
          local entry = entries()
          if not entry then
            return #seen
          end
          seen[#seen + 1] = entry
        end
      end
      assert.equal(300, count())
      assert.equal(300, client:run(count))
      assert.equal(300, fault:billed())
    end)

    it("end with what goes wrong at a later page", function()
      for i = 1, 257 do
        client:spawn(function()
          client:create({ model = "z-image", input = { prompt = "x" } }, { key = "k" .. i, watch = false })
        end)
      end
      client:run(function()
        repeat
          client:sleep(0.01)
        until fault:billed() == 257
      end)
      local entries = assert(client.journal:entries())
      for _ = 1, 256 do
        assert(entries())
      end
      client:close()
      assert.truthy(live.raised(entries):find("closed client", 1, true))
    end)
  end)
end)
