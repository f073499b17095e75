-- A journal that an older SQLite, which is not safe in WAL mode, uses beside a newer
-- one: `make test-wal` has both.

local child = require "spec.support.child"
local fault_client = require "spec.support.fault_client"
local journals = require "spec.support.journals"
local sqlite = require "spec.support.sqlite"
local storm = require "spec.support.storm"

local PROGRAM = "spec/support/journal_child.lua"
local OLDER = "unset LD_LIBRARY_PATH;"

describe("a journal of two versions of SQLite", function()
  local fault = fault_client.serve()
  local it_has_both = os.getenv("EXPECT_WAL") and it or pending
  local here = journals.serve(fault)
  local folder, journal

  before_each(function()
    folder = here.folder
    journal = folder .. "/studio.db"
  end)

  local function draw(client, key)
    return client:generate("z-image", { prompt = "a picture of " .. key }, { key = key })
  end

  local function start(before, ...)
    return child.start(PROGRAM, { fault.base_url, journal, folder, ... }, { before = before })
  end

  -- Read by another process: to close it in this one would give up its locks.
  local function is_wal()
    local pipe = assert(io.popen(("head -c 20 '%s'"):format(journal)))
    local header = pipe:read("*a")
    pipe:close()
    return header:byte(20) == 2
  end

  it_has_both("is not joined by the older one in WAL mode, then shared by both", function()
    local client = here.open()
    assert(draw(client, "first"))
    assert.is_true(is_wal())
    local _, said = start(OLDER, "second"):finish()
    assert.truthy(said:find("^failed\tsecond\tjournal\t[^\n]*WAL mode"), said)
    assert(draw(client, "third"))
    assert.equal(2, fault:stats().creates)
    client:close()
    assert.is_true(is_wal())

    _, said = start(OLDER, "second", "first"):finish()
    assert.truthy(said:find("^made\tsecond\t[^\n]*\nmade\tfirst\t"), said)
    assert.is_false(is_wal())
    client = here.open()
    assert(draw(client, "fourth"))
    _, said = start(OLDER, "fourth", "fifth"):finish()
    assert.truthy(said:find("^made\tfourth\t[^\n]*\nmade\tfifth\t"), said)
    assert(draw(client, "fifth"))
    assert.is_false(is_wal())
    assert.same({ 5, 5 }, { fault:stats().creates, fault:billed() })
  end)

  it_has_both("is told apart by the doctor", function()
    local client = here.open()
    assert(draw(client, "first"))
    local doctor = child.start("lua/bin/liangxin", { "doctor", "--journal", journal },
      { before = OLDER, env = { HOME = folder, LIANGXIN_BASE_URL = fault.base_url, LIANGXIN_API_KEY = "key" } })
    local status, said = doctor:finish()
    assert.equal(1, status)
    assert.truthy(said:find("WAL mode", 1, true), said)
    assert.truthy(said:find("end the other program, or use SQLite 3.51.3", 1, true), said)
  end)

  it_has_both("that both make at once has one mode for all", function()
    for round = 1, 5 do
      local programs, made = {}, 0
      for i = 1, 6 do
        programs[i] = start(i % 2 == 0 and OLDER or "", ("%d/%d"):format(round, i))
      end
      for i, program in ipairs(programs) do
        local status, said = program:finish()
        assert.equal(0, status, said)
        local is_made = said:find("^made\t")
        assert(is_made or i % 2 == 0 and said:find("^failed\t[^\t]*\tjournal\t[^\n]*WAL mode"), said)
        made = made + (is_made and 1 or 0)
      end
      assert.equal(tostring(made), sqlite.ask(journal, "SELECT count(*) FROM entry WHERE state = 'saved'"))
      assert.equal("ok", sqlite.ask(journal, "PRAGMA integrity_check"))
      sqlite.remove(journal)
    end
    assert.equal(fault:stats().creates, fault:billed())
  end)

  it_has_both("outlives kills of either", function()
    local raging = storm.new(fault, {
      folder = folder,
      journal = journal,
      seed = os.time(),
      sql = function(statement)
        return sqlite.ask(journal, statement)
      end,
      before = function(self)
        return self:random() < 0.5 and OLDER or ""
      end,
      after_round = function(self)
        self:check(sqlite.ask(journal, "PRAGMA integrity_check") == "ok", "the journal is damaged")
        sqlite.remove(journal)
      end,
    })
    raging:rage(24)
    assert(#raging.problems == 0, table.concat(raging.problems, "\n"))
  end)
end)
