-- A storm of SIGKILLs over the whole life of a keyed batch: nothing is paid twice,
-- nothing paid is lost, every file is whole, and the ceiling holds. The moments are
-- random; STORM_SEED repeats a run.

local child = require "spec.support.child"
local fault_client = require "spec.support.fault_client"
local folders = require "spec.support.folder"
local quick = require "spec.support.quick"
local storm = require "spec.support.storm"

local SEED = tonumber(os.getenv("STORM_SEED")) or os.time()

describe("a storm of kills", function()
  local fault = fault_client.serve()
  local it_runs = child.can_start and it or pending
  local folder, journal

  before_each(function()
    folder = folders.new()
    journal = folder .. "/studio.db"
  end)

  after_each(function()
    quick.close()
    folders.remove(folder)
  end)

  local function sql(statement)
    local pipe = assert(io.popen(("sqlite3 '%s' \"%s\""):format(journal, statement)))
    local text = pipe:read("*a")
    pipe:close()
    return (text:gsub("%s+$", ""))
  end

  local function rage(kills, options)
    options.folder, options.journal, options.sql, options.seed = folder, journal, sql, SEED
    function options.after_round(self)
      self:check(sql("PRAGMA integrity_check") == "ok", "the journal is damaged")
      for _, suffix in ipairs({ "", "-wal", "-shm", "-journal" }) do
        os.remove(journal .. suffix) -- each round has a journal of its own
      end
    end
    local raging = storm.new(fault, options)
    local figures = raging:rage(kills)
    assert(#raging.problems == 0, ("STORM_SEED=%d: %s"):format(SEED, table.concat(raging.problems, "\n")))
    assert.is_true(figures.kills >= kills)
    assert.equal(figures.billed, figures.saved)
  end

  it_runs("over one program", function()
    rage(15, {})
  end)

  it_runs("over two programs with one journal", function()
    rage(10, { processes = 2 })
  end)

  it_runs("over eight programs with one journal", function()
    rage(15, { processes = 8 })
  end)

  it_runs("with answers that are lost, and healed by callbacks", function()
    rage(10, { loses = 4 })
  end)
end)
