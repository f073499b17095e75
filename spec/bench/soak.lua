-- `make soak`: a long storm of kills over programs with a journal, audited against
-- the bill, as a table; then a ceiling that eight programs share. Arguments: how
-- many kills in all (default 1000), and the seed.

local child = require("spec.support.child")
local fault_client = require("spec.support.fault_client")
local folders = require("spec.support.folder")
local measure = require("spec.bench.measure")
local postgres = require("spec.support.postgres")
local sqlite = require("spec.support.sqlite")
local storm = require("spec.support.storm")

local KILLS = tonumber(arg[1]) or 1000
local SEED = tonumber(arg[2]) or os.time()
local PRICE_MC = 137
local PROGRAMS, CREATES, CEILING = 8, 1000, 4000

local LINES = {
  { name = "one program", share = 0.3 },
  { name = "two programs, one file", share = 0.25, options = { processes = 2 } },
  { name = "eight programs, one file", share = 0.2, options = { processes = 8 } },
  { name = "lost answers, healed by callbacks", share = 0.23, options = { loses = 4 } },
  -- where a dead client's lease lasts for 30 s
  { name = "two programs, PostgreSQL", share = 0.02, options = { processes = 2 }, on_server = true },
}

local passed, failed = 0, 0

local function judge(name, problems)
  for _, problem in ipairs(problems) do
    print(("  %s: %s"):format(name, problem))
  end
  if #problems == 0 then
    passed = passed + 1
  else
    failed = failed + 1
  end
end

-- The storm --------------------------------------------------------------------

local function on_file(options)
  options.journal = options.folder .. "/studio.db"
  function options.sql(statement)
    return sqlite.ask(options.journal, statement)
  end
  function options.after_round(self)
    self:check(options.sql("PRAGMA integrity_check") == "ok", "the journal is damaged")
    if #self.problems == 0 then
      sqlite.remove(options.journal)
    end
  end
end

local function on_server(options, server)
  local database
  options.journal, database = server:fresh()
  options.schema = "liangxin."
  function options.sql(statement)
    return server:sql(database, statement)
  end
  function options.after_round(self)
    options.journal, database = server:fresh()
    self.options.journal = options.journal
  end
end

local function rage(fault, line, server)
  local options = { folder = folders.new(), seed = SEED }
  for name, value in pairs(line.options or {}) do
    options[name] = value
  end
  if line.on_server then
    on_server(options, server)
  else
    on_file(options)
  end
  local raging = storm.new(fault, options)
  local found = raging:rage(math.ceil(KILLS * line.share))
  print(("%-34s %6d %6d %7d %8d %7d %9d %6d"):format(line.name, found.kills, found.keys, found.billed, found.unknown,
    found.healed, found.resolved, found.saved))
  io.stdout:flush()
  judge(line.name, raging.problems)
  if #raging.problems == 0 then
    folders.remove(options.folder)
  end
end

-- The ceiling ------------------------------------------------------------------

-- Two of the eight are killed in the middle.
local function share_ceiling()
  local stub = measure.stub("--polls", 0)
  local folder = folders.new()
  local journal = folder .. "/studio.db"
  local ceiling = ("%.3f"):format((CEILING * PRICE_MC + PRICE_MC - 1) / 1000)
  local programs, problems = {}, {}
  local function count(statement)
    return tonumber(sqlite.ask(journal, statement)) or 0
  end
  for i = 1, PROGRAMS do
    programs[i] = child.start("spec/support/ceiling_child.lua", { stub.base_url, journal, CREATES, ceiling })
    assert(programs[i]:line() == "ready")
  end
  repeat
    local sent = stub:stats().created
  until sent > CEILING / 4
  programs[1]:kill("KILL")
  programs[2]:kill("KILL")
  for i, program in ipairs(programs) do
    local status, said = program:finish()
    if i > 2 and (status ~= 0 or said:find("failed", 1, true)) then
      problems[#problems + 1] = said
    end
  end
  local billed = stub:stats().created
  local named = count("SELECT count(*) FROM entry WHERE state NOT IN ('refused', 'planned', 'sending', 'unknown')")
  local unknown = count("SELECT count(*) FROM entry WHERE state IN ('sending', 'unknown')")
  local planned = count("SELECT count(*) FROM entry WHERE state = 'planned'")
  local used = count("SELECT sum(used_mc) FROM budget_use")
  print(("a ceiling of %d: %d creates in %d programs, 2 of them killed: %d billed, %d named, %d unknown, %d planned, "
    .. "%g in use"):format(CEILING, PROGRAMS * CREATES, PROGRAMS, billed, named, unknown, planned, used / PRICE_MC))
  if billed > CEILING or billed > named + unknown then
    problems[#problems + 1] = "the bill passes the ceiling, or what is named"
  end
  if used ~= (named + unknown + planned) * PRICE_MC or used ~= CEILING * PRICE_MC then
    problems[#problems + 1] = "something has leaked, or was refused too early"
  end
  judge("the ceiling", problems)
  stub:stop()
  folders.remove(folder)
end

print(("seed %d"):format(SEED))
print(("%-34s %6s %6s %7s %8s %7s %9s %6s"):format("", "kills", "keys", "billed", "unknown", "healed", "resolved",
  "saved"))
local server, missing = postgres.start()
local fault = fault_client.start({ lifetime_s = 7200 })
for _, line in ipairs(LINES) do
  if line.on_server and not server then
    print(missing)
  else
    rage(fault, line, server)
  end
end
fault:stop()
if server then
  server:stop()
end
share_ceiling()
print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0, true)
