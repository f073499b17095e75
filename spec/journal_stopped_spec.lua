-- A process that stands still for longer than its lease, while others take over
-- what it has, and then goes on: nothing is sent twice, no file is overwritten,
-- and what it learns is still written. On a server, where leases say who is alive.

local child = require "spec.support.child"
local fault_client = require "spec.support.fault_client"
local folders = require "spec.support.folder"
local lfs = require "lfs"
local postgres = require "spec.support.postgres"
local quick = require "spec.support.quick"
local socket = require "socket"

local PROGRAM = "spec/support/journal_child.lua"
local PATIENCE_S = 60
local FILE_BYTES = 400000 -- more than is kept in memory, so that a part of it is seen
local FRESH_S = 5 -- how old the commit of `sending` may be at the first byte

local server, missing = nil, "no processes here"
if child.can_start then
  server, missing = postgres.start()
end
if not server then
  print(missing) -- pending tests are counted, their reasons are not shown
end

-- Leases count from the start of the server, when nobody could renew one: this one
-- has been up for an hour.
local OLD_SERVER = "CREATE SCHEMA fake; CREATE FUNCTION fake.pg_postmaster_start_time() RETURNS timestamptz"
  .. " LANGUAGE sql AS 'SELECT clock_timestamp() - interval ''1 hour'''; ALTER DATABASE %s SET search_path ="
  .. " fake, pg_catalog"

-- Its first entry is committed when somebody lets go of a lock.
local HELD_COMMIT = "CREATE FUNCTION fake.hold() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM"
  .. " pg_advisory_xact_lock(42); RETURN NULL; END'; CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON liangxin.entry"
  .. " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fake.hold()"

describe("a process that stands still for longer than its lease", function()
  if not server then
    pending(missing)
    return
  end

  local fault = fault_client.serve()
  local url, database, folder, client, stopped

  teardown(function()
    server:stop()
  end)

  local LOCKS = "SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND objid = 42"

  local function sql(statement)
    return server:sql(database, statement)
  end

  local function await(what, statement)
    local deadline = socket.gettime() + PATIENCE_S
    while sql(statement) ~= "t" do
      assert(socket.gettime() < deadline, what)
      socket.sleep(0.02)
    end
  end

  before_each(function()
    url, database = server:fresh()
    server:sql(database, OLD_SERVER:format(database))
    folder = folders.new()
    client = quick.client(fault, { journal = url, deadline = PATIENCE_S })
    assert(client.journal:spend()) -- it is there
  end)

  after_each(function()
    if stopped then
      stopped:kill("KILL")
      stopped:finish()
    end
    quick.close()
    folders.remove(folder)
  end)

  local function draw(opts)
    opts = opts or {}
    opts.key = "hero"
    return client:generate("z-image", { prompt = "a picture of hero" }, opts)
  end

  local function start()
    stopped = child.start(PROGRAM, { fault.base_url, url, folder, "hero" })
  end

  -- A thread of it may run on for a moment after the signal.
  local function stop()
    stopped:kill("STOP")
    local deadline, is_running = socket.gettime() + PATIENCE_S, true
    while is_running do
      assert(socket.gettime() < deadline, "it stops")
      local pipe = assert(io.popen(("cat /proc/%d/task/*/stat"):format(stopped.pid)))
      is_running = pipe:read("*a"):find("%) [^T] ") ~= nil
      pipe:close()
    end
  end

  local function end_lease()
    sql("UPDATE liangxin.owner SET beat = clock_timestamp() - interval '31 s' WHERE pid = " .. stopped.pid)
  end

  local function go_on()
    stopped:kill("CONT")
    local said = stopped:line()
    assert.equal(0, (stopped:finish()))
    stopped = nil
    return said
  end

  local function paid_once()
    assert.same({ 1, 1 }, { fault:stats().creates, fault:billed() })
  end

  local function await_part()
    local deadline = socket.gettime() + PATIENCE_S
    while #folders.list(folder) == 0 do
      assert(socket.gettime() < deadline, "a part")
      socket.sleep(0.01)
    end
  end

  local function names()
    local found = {}
    for name in lfs.dir(folder) do
      if name:sub(1, 1) ~= "." then
        found[#found + 1] = name
      end
    end
    return found
  end

  it("between the commit of what it is about to send and the first byte", function()
    sql(HELD_COMMIT)
    local holder = assert(io.popen(("'%s/psql' -Xq -h 127.0.0.1 -p %d -U liangxin -d %s >/dev/null"):format(
      server.programs, server.port, database), "w"))
    holder:write("SELECT pg_advisory_lock(42);\n")
    holder:flush()
    await("the lock", LOCKS .. " AND granted")
    start()
    await("its commit", LOCKS .. " AND NOT granted")
    local began = socket.gettime()
    stop()
    holder:write("SELECT pg_advisory_unlock(42);\n")
    holder:close()
    await("`sending`", "SELECT count(*) > 0 FROM liangxin.entry WHERE state = 'sending'")
    end_lease()
    assert.equal(1, client.journal:resolve({ key = "hero" }, "nothing"))
    local drawn = assert(draw())
    socket.sleep(math.max(0, began + FRESH_S + 1 - socket.gettime()))
    local said = go_on()
    assert.equal("made\thero\t" .. drawn.task_id, said:match("^%S+\t%S+\t%S+"))
    paid_once()
  end)

  it("while it waits for the answer", function()
    fault:rule({ on = "create", act = "hang" })
    start()
    assert(fault:await("hanging", { at_least = 1 }, PATIENCE_S))
    stop()
    end_lease()
    local result, err = draw()
    assert.is_nil(result)
    assert.equal("outcome_unknown", err.kind)
    fault:release()
    local said = go_on()
    assert.equal("made\thero", said:match("^%S+\t%S+"))
    assert.equal(said:match("^%S+\t%S+\t(%S+)"), assert(draw()).task_id)
    paid_once()
  end)

  it("while it saves", function()
    fault:service({ file = { size = FILE_BYTES } })
    fault:rule({ on = "file", act = "hang", when = "after_answer_bytes", bytes = FILE_BYTES - 1000 })
    start()
    await_part() -- it has chosen the file's name
    stop()
    end_lease()
    local results = assert(client:resume({ wait = true }))
    local path = results[1].files[1].path
    local taken = lfs.attributes(path)
    assert.equal(FILE_BYTES, taken.size)
    fault:release()
    local said = go_on()
    assert.truthy(said:find("^made") or said:find("taken over"), said)
    assert.same({ taken.size, taken.modification, taken.ino }, { lfs.attributes(path, "size"),
      lfs.attributes(path, "modification"), lfs.attributes(path, "ino") })
    assert.same({ path:match("[^/]+$") }, names())
    await("saved", "SELECT state = 'saved' FROM liangxin.entry")
    paid_once()
  end)
end)
