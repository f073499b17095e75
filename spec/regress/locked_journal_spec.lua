-- A create whose deadline came while another program held the journal locked said
-- that it had to wait for its turn, and nothing of the journal.

local child = require "spec.support.child"
local fault_client = require "spec.support.fault_client"
local journals = require "spec.support.journals"
local lfs = require "lfs"
local socket = require "socket"
local sqlite = require "spec.support.sqlite"

local PATIENCE_S = 60

describe("a journal that does not answer", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)

  local function hold(path)
    local holder, held = assert(io.popen(("sqlite3 '%s'"):format(path), "w")), path .. ".held"
    holder:write((".timeout 60000\nBEGIN IMMEDIATE;\n.shell touch '%s'\n"):format(held))
    holder:flush()
    local patience = socket.gettime() + PATIENCE_S
    while not lfs.attributes(held, "mode") do
      assert(socket.gettime() < patience)
      socket.sleep(0.01)
    end
    return holder
  end

  local it_locks = child.can_start and sqlite.has_program and it or pending
  it_locks("within the deadline is named, and nothing is sent", function()
    local client = here.open()
    assert(client:generate("z-image", { prompt = "x" }, { key = "first" }))
    local holder = hold(here.folder .. "/studio.db")
    local _, err = client:generate("z-image", { prompt = "x" }, { key = "second", deadline = 0.2 })
    holder:write("COMMIT;\n")
    holder:close()
    assert.same({ "journal", "no", true }, { err.kind, err.charged, err.retryable })
    assert.truthy(err.message:find("the journal has not answered within 0.2 s", 1, true), err.message)
    assert(client:generate("z-image", { prompt = "x" }, { key = "second" }))
    assert.equal(2, fault:stats().creates)
  end)
end)
