-- What one PostgreSQL server gives a fleet: state changes by one and by 32
-- clients, each waking the others, also where each of them looks when it is woken,
-- and claims by eight, beside bare libpq with the same rows; and what a million
-- finished entries change. fleet.c, in turns.

local measure = require("spec.bench.measure")
local postgres = require("spec.support.postgres")

local SECONDS, RUNS = measure.size(4, 0.3), measure.size(3, 1)
local FINISHED, FREE = measure.size(1000000, 1000), measure.size(100000, 2000)

local ENTRIES = "INSERT INTO liangxin.entry(origin, model, body, priority, state, attempt, owner, fence, due_ms, "
  .. "created_ms, accepted_ms, ended_ms, saved_ms) SELECT 'https://bench.example', 'z-image', repeat('x', 150), 0, "
  .. "'%s', 1, 0, 1, 0, 0, 0, 0, 0 FROM generate_series(1, %d)"

-- Commits wait for the disk, as anywhere.
local server, missing = postgres.start { "shared_buffers=128MB", "max_connections=100", "max_wal_size=4GB" }
if not server then
  error(missing, 0)
end
local url, database = server:fresh()
server:sql(database, "CREATE TABLE bare(id BIGINT PRIMARY KEY, owner BIGINT, state TEXT, fence BIGINT, body TEXT) "
  .. "WITH (fillfactor = 70); CREATE INDEX ON bare(id) WHERE owner = 0; CREATE TABLE bare_event(id BIGINT, n INT, "
  .. "a TEXT, b TEXT); INSERT INTO bare SELECT i, 0, 'planned', 1, repeat('x', 150) FROM generate_series(1, "
  .. FREE .. ") i")

local function run(work, clients)
  local pipe = assert(io.popen(measure.command("fleet", "'" .. url .. "'", work, clients, SECONDS)))
  local line = pipe:read("*l")
  pipe:close()
  local found = measure.decode(assert(line, "fleet printed nothing"))
  return found.rate, found.news
end

-- Ours and bare, in turns; the medians of ours.
local function compare(what, work, clients, at_least)
  local ours, bare, ratios = {}, {}, {}
  for i = 1, RUNS do
    if work == "claims" then
      server:sql(database, "DELETE FROM liangxin.entry WHERE state = 'planned'")
      server:sql(database, ENTRIES:format("planned", FREE))
      server:sql(database, "UPDATE bare SET owner = 0")
      server:sql(database, "VACUUM ANALYZE")
    end
    ours[i], bare[i] = run(work, clients), run("bare-" .. work, clients)
    ratios[i] = ours[i] / bare[i]
  end
  local note = clients == 1 and "1 client" or clients .. " clients"
  measure.tell({ figure = what .. ", bare libpq", runs = bare, unit = "1/s", note = note })
  measure.tell({ figure = what, runs = ours, unit = "1/s", at_least = at_least, note = note })
  measure.tell({ figure = what .. " / bare libpq", runs = ratios, unit = "x", note = note })
  return ours
end

local function best(runs)
  local most = 0
  for i = 1, #runs do
    most = math.max(most, runs[i])
  end
  return most
end

compare("state changes", "changes", 1)
local changes = compare("state changes", "changes", 32, 3000)
local watched, found_news = {}, {}
for i = 1, RUNS do
  watched[i], found_news[i] = run("watched", 32)
end
measure.tell({ figure = "state changes, all woken", runs = watched, unit = "1/s", at_least = 3000,
  note = ("32 clients, each found news %.0f times a second"):format(measure.percentile(found_news, 0.5) / 32) })
local claims = compare("claims", "claims", 8, 2000)
server:sql(database, ENTRIES:format("saved", FINISHED))
server:sql(database, "VACUUM ANALYZE")
local later = compare("state changes, beside 1,000,000 finished", "changes", 32)
local claimed = compare("claims, beside 1,000,000 finished", "claims", 8)
measure.tell({ figure = "state changes, beside 1,000,000 / alone", runs = { best(later) / best(changes) }, unit = "x",
  at_least = 0.9 })
measure.tell({ figure = "claims, beside 1,000,000 / alone", runs = { best(claimed) / best(claims) }, unit = "x",
  at_least = 0.9 })
server:stop()
