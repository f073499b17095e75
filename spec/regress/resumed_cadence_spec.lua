-- A task that was taken over was asked as often as one that was made just then: each
-- second or so, though it had been accepted hours before.

local fault_client = require("spec.support.fault_client")
local journals = require("spec.support.journals")
local liangxin = require("liangxin")
local sqlite = require("spec.support.sqlite")

local HOURS_MS = 2 * 3600 * 1000
local OLD, NEW = "z-image", "seedream-4" -- what one of them learns does not move the other

describe("a task that is taken over", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)
  local it_asks = sqlite.has_program and it or pending

  local client

  -- Its cadence is learned: quick's own is fixed.
  local function open()
    client = liangxin.new({ base_url = fault.base_url, api_key = "a-test-key", journal = here.folder .. "/studio.db" })
  end

  after_each(function()
    client:close()
  end)

  local function queries(id)
    return #fault:requests({ kind = "query", task = id })
  end

  it_asks("is asked as seldom as its age has it", function()
    fault:service({ polls_until_success = 1000000 })
    local ids = {}
    open()
    for _, model in ipairs({ OLD, NEW }) do
      ids[model] = assert(client:create({ model = model, input = { prompt = "a pond" } }, { key = model })).id
    end
    client:close()
    sqlite.ask(here.folder .. "/studio.db",
      ("UPDATE entry SET accepted_ms = accepted_ms - %d WHERE key = '%s'"):format(HOURS_MS, OLD))
    local old, new = queries(ids[OLD]), queries(ids[NEW])
    open()
    assert.equal(2, #assert(client:resume()))
    local deadline = os.time() + 300
    while queries(ids[NEW]) < new + 3 do
      assert(os.time() <= deadline)
      client:sleep(0.05)
    end
    assert.equal(old + 1, queries(ids[OLD]))
    assert.equal(2, fault:billed())
  end)
end)
