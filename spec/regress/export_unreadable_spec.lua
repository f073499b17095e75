-- client.journal:export ended, without a word, at the first line that its own strict
-- reader refuses, as one with bytes that are no UTF-8.

local fault_client = require("spec.support.fault_client")
local journals = require("spec.support.journals")
local json = require("spec.support.fault.json")
local sqlite = require("spec.support.sqlite")

describe("client.journal:export", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)

  local it_asks = sqlite.has_program and it or pending
  it_asks("writes what cannot be read as a string, and goes on behind it", function()
    local client = here.open()
    for _, key in ipairs({ "a", "b", "c" }) do
      assert(client:generate("z-image", { prompt = "a pond" }, { key = key }))
    end
    client:close()
    sqlite.ask(here.folder .. "/studio.db",
      "UPDATE entry SET target = CAST(X'2f66ff6fc3bc' AS TEXT) WHERE key = 'b'") -- "/f", FF, "o", "ü"
    client = here.open()
    local path = here.folder .. "/all.jsonl"
    assert.equal(3, client.journal:export(path))
    local rows = {}
    for line in io.lines(path) do
      assert.is_nil(line:find("\255", 1, true))
      rows[#rows + 1] = assert(json.decode(line))
    end
    assert.same({ "a", nil, "c" }, { rows[1].key, rows[2].key, rows[3].key })
    assert.equal(3, #rows)
    assert.equal(2, rows[2].id)
    assert.truthy(rows[2].unreadable:find('"key":"b"', 1, true), rows[2].unreadable)
    assert.truthy(rows[2].unreadable:find('"target":"/f\\xffoü"', 1, true), rows[2].unreadable)
  end)
end)
