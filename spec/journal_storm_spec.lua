-- A storm of SIGKILLs over the whole life of a keyed batch: nothing is paid twice,
-- nothing paid is lost, every file is whole, and the ceiling holds. The moments are
-- random; STORM_SEED repeats a run.

local child = require "spec.support.child"
local fault_client = require "spec.support.fault_client"
local folders = require "spec.support.folder"
local quick = require "spec.support.quick"
local socket = require "socket"
local sqlite = require "spec.support.sqlite"
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
    return sqlite.ask(journal, statement)
  end

  local function rage(kills, options)
    options.folder, options.journal, options.sql, options.seed = folder, journal, sql, SEED
    function options.after_round(self)
      self:check(sql("PRAGMA integrity_check") == "ok", "the journal is damaged")
      sqlite.remove(journal) -- each round has a journal of its own
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

  it_runs("over a thousand creates that wait for their turn, which are planned", function()
    fault:rule({ on = "create", act = "hang", billed = false, times = "always" })
    local program = child.start(storm.PROGRAM, { fault.base_url, journal, folder, 1000, 1000 * 0.137, "stay" })
    local sending = 8 -- max_connections
    assert(fault:await("hanging", { at_least = sending }, 120))
    local deadline = socket.gettime() + 120
    while tonumber(sql("SELECT count(*) FROM entry")) ~= 1000 do
      assert(socket.gettime() < deadline)
      socket.sleep(0.05)
    end
    program:kill("KILL")
    program:finish()
    local client = quick.client(fault, { journal = journal })
    assert.equal(1000 - sending, client.journal:cancel({ state = "planned" }))
    assert.equal(sending, fault:stats().creates)
    assert.equal(tostring(sending), sql("SELECT count(*) FROM entry WHERE state = 'sending'"))
    assert.equal(tostring(sending * 137), sql("SELECT used_mc FROM budget_use"))
  end)

  it_runs("over programs that share a ceiling: it is passed by no thousandth", function()
    local programs = {}
    for i = 1, 8 do
      programs[i] = child.start("spec/support/ceiling_child.lua", { fault.base_url, journal, 50, 200.5 * 0.137 })
    end
    assert(fault:await("creates", { at_least = 50 }, 120))
    programs[1]:kill("KILL")
    programs[2]:kill("KILL")
    for i, program in ipairs(programs) do
      local _, said = program:finish()
      assert.is_true(i < 3 or said:find("made") ~= nil and not said:find("failed"), said)
    end
    assert(fault:await("open_connections", { at_most = 0 }, 120))
    local named = tonumber(sql("SELECT count(*) FROM entry WHERE state = 'accepted'"))
    local unknown = tonumber(sql("SELECT count(*) FROM entry WHERE state = 'sending'"))
    local planned = tonumber(sql("SELECT count(*) FROM entry WHERE state = 'planned'"))
    assert.equal(200, named + unknown + planned)
    assert.equal(tostring(200 * 137), sql("SELECT sum(used_mc) FROM budget_use"))
    assert.is_true(fault:billed() >= named and fault:billed() <= named + unknown)
  end)
end)
