-- What a line of a journal's export means for the gallery.

local journal = require("liangxin.cli.gallery.journal")
local json = require("liangxin.cli.json")

local function row(changes)
  local all = {
    id = 1,
    key = "tea/1",
    model = "z-image",
    body = '{"input":{"seed":5,"prompt":"a tea house"},"model":"z-image"}',
    state = "saved",
    attempt = 2,
    accepted_ms = 1795882395968,
    ended_ms = 1795882398468,
    attempts = {
      { n = 1, task_id = json.null, charged_mc = json.null },
      { n = 2, task_id = "lx_task_7", charged_mc = 8500 },
    },
    files = { { n = 1, path = "/p/a.png" }, { n = 2, path = "/p/b.png" } },
  }
  for name, value in pairs(changes or {}) do
    all[name] = value
  end
  return journal.entries_of(json.encode(all))
end

describe("a line of the journal's export", function()
  it("gives an entry for each file, and the credits once", function()
    local entries = row()
    assert.same({
      path = "/p/a.png",
      model = "z-image",
      prompt = "a tea house",
      seed = 5,
      label = "tea/1",
      task_id = "lx_task_7",
      seconds = 2.5,
      credits = 8.5,
      when = 1795882398,
    }, entries[1])
    assert.same({ "/p/b.png", nil, 2 }, { entries[2].path, entries[2].credits, #entries })
  end)

  it("gives none of what is not saved, or cannot be read", function()
    for _, state in ipairs({ "succeeded", "failed", "unknown", "planned" }) do
      assert.same({}, row({ state = state }))
    end
    assert.same({}, journal.entries_of("{"))
    assert.same({}, journal.entries_of("[]"))
    assert.same({}, row({ files = json.null }))
  end)

  it("leaves out what is not known", function()
    local entry = row({ key = json.null, body = json.null, ended_ms = json.null, attempts = json.null })[1]
    assert.same({ path = "/p/a.png", model = "z-image" }, entry)
    entry = row({ body = "no JSON" })[1]
    assert.is_nil(entry.prompt)
  end)
end)
