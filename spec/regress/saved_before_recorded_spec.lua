-- A file was downloaded while the journal could not write down that its task had
-- succeeded: after a kill its part, or the whole file, was one that the journal did
-- not name.

local fault_client = require("spec.support.fault_client")
local folders = require("spec.support.folder")
local journals = require("spec.support.journals")
local quick = require("spec.support.quick")
local sqlite = require("spec.support.sqlite")

describe("saving", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)
  local it_asks = sqlite.has_program and it or pending

  local function sql(statement)
    return sqlite.ask(here.folder .. "/studio.db", statement)
  end

  -- As a full disk does, for one kind of write: from now on no entry becomes `state`.
  local function refuse(state)
    sql(("CREATE TRIGGER refuse_%s BEFORE UPDATE ON entry WHEN NEW.state = '%s' "
      .. "BEGIN SELECT RAISE(ABORT, 'no room'); END"):format(state, state))
  end

  local function draw(client)
    return client:generate("z-image", { prompt = "a pond" }, { key = "pond", save = here.folder .. "/out/" })
  end

  for _, state in ipairs({ "accepted", "succeeded" }) do
    it_asks("waits until the journal has the entry as succeeded, which cannot become " .. state, function()
      local client = here.open()
      assert(client.journal:spend())
      refuse(state)
      local result, err = draw(client)
      assert.is_nil(result)
      assert.same({ "journal", "yes", true }, { err.kind, err.charged, err.retryable })
      assert.same({}, folders.list(here.folder .. "/out"))
      assert.equal(0, fault:stats().files)
      sql("DROP TRIGGER refuse_" .. state)
      result = assert(draw(client))
      assert.same({ result.task_id .. "-1.png" }, folders.list(here.folder .. "/out"))
      assert.equal(1, fault:billed())
      local entry = assert(client.journal:entries({ key = "pond" }))()
      assert.same({ "saved", result.files[1].path }, { entry.state, entry.files[1].path })
      quick.close()
    end)
  end

  it_asks("has the name of the part in the journal before its first byte", function()
    fault:rule({ on = "file", act = "hang", when = "after_answer_bytes", bytes = 2000 })
    local client = here.open()
    local job = client:spawn(draw, client)
    client:run(function()
      while fault:stats().hanging == 0 do
        client:sleep(0.01)
      end
    end)
    local part = sql("SELECT part FROM file")
    assert.truthy(part:find("%-1%.%x+%.part$") or part:find("%.%x+%.part$"), part)
    assert.equal("succeeded", sql("SELECT state FROM entry"))
    fault:release()
    assert(job:wait())
  end)
end)
