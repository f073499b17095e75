-- Intents that a client commits a second, one at a time and many waiting, beside
-- bare SQLite in the same mode and group size: commits.c, in turns.

local measure = require("spec.bench.measure")

local SECONDS, RUNS = measure.size(1, 0.2), measure.size(5, 1)

local function make_folder()
  local pipe = assert(io.popen("mktemp -d"))
  local folder = pipe:read("*l")
  pipe:close()
  return folder
end

local function commit(waiting)
  local folder = make_folder()
  local pipe = assert(io.popen(measure.command("commits", folder, waiting, SECONDS)))
  local line = pipe:read("*l")
  pipe:close()
  os.execute("rm -rf '" .. folder .. "'")
  return measure.decode(assert(line, "commits printed nothing"))
end

for _, waiting in ipairs { 1, 64 } do
  local rates, floors, ratios, found = {}, {}, {}, nil
  for i = 1, RUNS do
    found = commit(waiting)
    rates[i], floors[i], ratios[i] = found.journal, found.bare, found.journal / found.bare
  end
  local what = ("%d waiting, SQLite %s, %s"):format(waiting, found.sqlite, found.mode)
  measure.tell({ figure = "intents committed, bare SQLite", runs = floors, unit = "1/s", note = what })
  measure.tell({ figure = "intents committed, journal", runs = rates, unit = "1/s", note = what })
  measure.tell({ figure = "intents, journal / bare SQLite", runs = ratios, unit = "x", at_least = 0.8, note = what })
end
