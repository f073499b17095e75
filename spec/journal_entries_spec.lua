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
    assert.truthy(err.message:find(folder .. "/none/studio.db", 1, true), err.message)
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
end)
