-- A fleet on one PostgreSQL server: whole tasks a second by 1, 2, 4 and 8 worker
-- processes, whose queue was filled before, beside the same processes without a
-- journal; and whose CPU that takes. The service has no limit here, and ends a task
-- before its first query.

local measure = require("spec.bench.measure")
local workers = require("spec.bench.workers")

local TASKS, RUNS = measure.size(4000, 64), measure.size(3, 1)

local place = workers.open()

-- With and without a journal, in turns.
local function scale(count)
  local rates, bare_rates, shares = {}, {}, {}
  local costs = { postgres = {}, journal = {}, rest = {}, stub = {} }
  for i = 1, RUNS do
    local url = place.server:fresh()
    place:fill(url, TASKS)
    local with = place:run(place:start("journaled", count, url), TASKS)
    local bare = place:run(place:start("bare", count, TASKS / count), TASKS)
    rates[i], bare_rates[i] = with.rate, bare.rate
    with.rest = with.workers - with.journal
    shares[i] = (with.postgres + with.journal) / (with.postgres + with.workers + with.stub)
    for name, list in pairs(costs) do
      list[i] = with[name] / TASKS * 1e6
    end
  end
  local name = count == 1 and "1 worker" or count .. " workers"
  for part, list in pairs(costs) do
    costs[part] = measure.percentile(list, 0.5)
  end
  measure.tell({ figure = "whole tasks without a journal, " .. name, runs = bare_rates, unit = "1/s" })
  measure.tell({ figure = "whole tasks, " .. name, runs = rates, unit = "1/s" })
  measure.tell({ figure = "the store's share of the CPU, " .. name, runs = shares, unit = "",
    note = ("a task, us: postgres %.0f, journal's threads %.0f, the rest of the workers %.0f, stub %.0f")
      :format(costs.postgres, costs.journal, costs.rest, costs.stub) })
end

for _, count in ipairs { 1, 2, 4, 8 } do
  scale(count)
end
place:close()
