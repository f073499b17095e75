-- A call that only wants a recorded result claimed its entry, and gave it back: two
-- commits for each look.

local fault_client = require "spec.support.fault_client"
local folders = require "spec.support.folder"
local quick = require "spec.support.quick"
local sqlite = require "spec.support.sqlite"

describe("a recorded result", function()
  local fault = fault_client.serve()

  after_each(quick.close);

  (sqlite.has_program and it or pending)("is looked at without a change", function()
    local folder = folders.new()
    local journal = folder .. "/studio.db"
    local function draw()
      local client = quick.client(fault, { journal = journal })
      assert(client:generate("z-image", { prompt = "a kite" }, { key = "kite" }))
      client:close()
      return sqlite.ask(journal, "SELECT state, owner, fence FROM entry")
    end
    assert.equal(draw(), draw())
    assert.equal(1, fault:billed())
    folders.remove(folder)
  end)
end)
