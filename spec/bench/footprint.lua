-- What a fleet asks of its PostgreSQL server: rows, bytes, log and statements of a
-- task that has a key, a ceiling, a callback and a saved file; connections; and
-- what workers ask that have nothing to do.

local measure = require("spec.bench.measure")
local sandbox = require("liangxin.sandbox")
local workers = require("spec.bench.workers")

local TASKS, WORKERS = measure.size(4000, 40), 4
local IDLE_S = measure.size(30, 2)

local place = workers.open()
local service = assert(sandbox.start({ speed = 20, side = 16, api_key = "bench-key" }))
place.base_url = service.base_url
local url, database = place.server:fresh()

local function ask(statement)
  return place.server:sql(database, statement)
end

-- What every statement of others has been counted as.
local COUNTED = "FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat%'"

local function statements(pattern)
  return tonumber(ask(("SELECT coalesce(sum(calls), 0) %s AND query ILIKE '%s'"):format(COUNTED, pattern or "%")))
end

local function of_a_task(name, statement, unit, note)
  measure.tell({ figure = name, value = tonumber(ask(statement)) / TASKS, unit = unit, note = note })
end

-- "entry 1.0, attempt 1.0": a share of each table, the largest first.
local function by_table(number)
  return (ask(("SELECT string_agg(relname || ' ' || round(n / %d.0, %d), ', ' ORDER BY n DESC) FROM (SELECT relname, "
    .. "%s AS n FROM pg_stat_user_tables WHERE schemaname = 'liangxin') t WHERE n >= %d")
    :format(TASKS, number:find("size") and 0 or 1, number, TASKS)))
end

ask("CREATE EXTENSION pg_stat_statements")
place:fill(url, 1) -- makes the tables
ask("DELETE FROM liangxin.entry")
ask("CHECKPOINT")
ask("SELECT pg_stat_statements_reset()")
local log = ask("SELECT pg_current_wal_lsn()")
local pages = ask("SELECT wal_fpi FROM pg_stat_wal")
local commits = ask("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")
place:fill(url, TASKS, { batch = "bench", price = 1, max_credits = TASKS, save = place.folder .. "/saved/" })
local list = place:start("called", WORKERS, url)
local connections = tonumber(ask("SELECT count(*) - 1 FROM pg_stat_activity WHERE backend_type = 'client backend'"))
local notifies, looks = statements("NOTIFY%"), statements("%txid_current_snapshot%")
local found = place:run(list, TASKS)
notifies, looks = statements("NOTIFY%") - notifies, statements("%txid_current_snapshot%") - looks

measure.tell({ figure = "wake-ups (NOTIFY) by all workers", value = notifies * found.rate / TASKS, unit = "1/s" })
measure.tell({ figure = "questions for news, a worker", value = looks * found.rate / TASKS / WORKERS, unit = "1/s" })
measure.tell({ figure = "connections of a client", value = connections / WORKERS, unit = "" })
of_a_task("state changes of a task", "SELECT count(*) FROM liangxin.event", "",
  ask("SELECT string_agg(to_state, ', ' ORDER BY n) FROM (SELECT to_state, min(n) AS n FROM liangxin.event "
    .. "GROUP BY 1) e"))
of_a_task("commits of a task", "SELECT xact_commit - " .. commits
  .. " FROM pg_stat_database WHERE datname = current_database()", "", WORKERS .. " workers, " .. math.floor(found.rate)
  .. " tasks/s")
of_a_task("statements of a task", "SELECT sum(calls) " .. COUNTED, "")
of_a_task("rows of a task", "SELECT sum(n_live_tup) FROM pg_stat_user_tables WHERE schemaname = 'liangxin' "
  .. "AND relname <> 'news'", "", by_table("n_live_tup"))
of_a_task("bytes of a task, rows", "SELECT sum(pg_table_size(relid)) FROM pg_stat_user_tables "
  .. "WHERE schemaname = 'liangxin' AND relname <> 'news'", "B", by_table("pg_table_size(relid)"))
of_a_task("bytes of a task, indexes", "SELECT sum(pg_indexes_size(relid)) FROM pg_stat_user_tables "
  .. "WHERE schemaname = 'liangxin' AND relname <> 'news'", "B", by_table("pg_indexes_size(relid)"))
of_a_task("log (WAL) of a task", ("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '%s')"):format(log), "B",
  ask("SELECT wal_fpi - " .. pages .. " FROM pg_stat_wal") .. " whole pages in it")
measure.tell({ figure = "updates in place (HOT)", value = tonumber(ask("SELECT sum(n_tup_hot_upd) * 1.0 / "
  .. "sum(n_tup_upd) FROM pg_stat_user_tables WHERE schemaname = 'liangxin' AND relname <> 'owner'")), unit = "" })

local idle = place:start("idle", WORKERS, url)
os.execute("sleep 2")
local before = statements()
os.execute("sleep " .. IDLE_S)
local asked = (statements() - before) / IDLE_S / WORKERS
measure.tell({ figure = "statements of an idle worker", value = asked, unit = "1/s" })
for _, worker in ipairs(idle) do
  worker:kill("KILL")
end
service.stop()
place:close()
