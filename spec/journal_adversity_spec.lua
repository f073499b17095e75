-- What a machine does to a journal: a full disk, a folder that cannot be written,
-- locks, clocks, copies, forks, and processes that stand still.

local child = require "spec.support.child"
local fault_client = require "spec.support.fault_client"
local folders = require "spec.support.folder"
local lfs = require "lfs"
local quick = require "spec.support.quick"
local socket = require "socket"
local sqlite = require "spec.support.sqlite"
local storm = require "spec.support.storm"

local PROGRAM = "spec/support/journal_child.lua"
local PATIENCE_S = 60

local function output_of(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("*a")
  pipe:close()
  return (text:gsub("%s+$", ""))
end

describe("a journal", function()
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

  local function draw(client, key, opts)
    opts = opts or {}
    opts.key = key
    return client:generate("z-image", { prompt = "a picture of " .. key }, opts)
  end

  local function sql(statement)
    return sqlite.ask(journal, statement)
  end

  -- Stop it where it holds no lock: who waits for one is told another thing.
  local function stop_unlocked(process)
    local is_free = ("sqlite3 '%s' 'BEGIN EXCLUSIVE; SELECT 1; ROLLBACK' 2> /dev/null"):format(journal)
    process:kill("STOP")
    while output_of(is_free) ~= "1" do
      process:kill("CONT")
      socket.sleep(0.05)
      process:kill("STOP")
    end
  end

  -- Rounds of the storm whose programs are all started by `before`.
  local function rage(kills, before)
    local raging = storm.new(fault, { folder = folder, journal = journal, sql = sql, seed = os.time(), before = before,
      after_round = function(self)
        self:check(sql("PRAGMA integrity_check") == "ok", "the journal is damaged")
        sqlite.remove(journal)
      end })
    raging:rage(kills)
    assert(#raging.problems == 0, table.concat(raging.problems, "\n"))
  end

  it_runs("outlives a disk that is full: nothing is sent that is not written down", function()
    local client = quick.client(fault, { journal = journal })
    assert(client.journal:spend())
    client:close()
    -- in blocks of 512 bytes: room for one page more, and some entries
    local blocks = tonumber(sql("PRAGMA page_count")) * 8 + 8
    local pictures = folder .. "/pictures"
    assert(lfs.mkdir(pictures))
    local full = child.start(storm.PROGRAM, { fault.base_url, journal, pictures, 40, 100, "leave" },
      { before = ("trap \"\" XFSZ; ulimit -f %d;"):format(blocks) })
    local status, said = full:finish()
    assert.equal(0, status, said)
    assert.truthy(said:find("journal\t[^\n]*full"), said)
    assert(fault:await("open_connections", { at_most = 0 }, PATIENCE_S))
    assert.equal("ok", sql("PRAGMA integrity_check"))
    local creates = fault:stats().creates
    assert.is_true(creates < 40)
    assert.is_true(creates <= tonumber(sql("SELECT count(*) FROM entry WHERE state != 'planned'")))
    -- once there is space, all but what was lost with the disk is made
    local again = child.start(storm.PROGRAM, { fault.base_url, journal, pictures, 40, 100, "leave" })
    status, said = again:finish()
    assert.equal(0, status, said)
    local _, unknown = said:gsub("outcome_unknown", "")
    assert.equal(40 - unknown, tonumber(sql("SELECT count(*) FROM entry WHERE state = 'saved'")), said)
    assert.equal(40 - unknown, #folders.list(pictures))
    assert.equal(40, fault:billed())
  end)

  -- No folder is closed to root, who becomes another one for this.
  local drop = output_of("id -u") == "0" and "setpriv --reuid=65534 --regid=65534 --clear-groups" or ""
  local may_read = output_of(drop .. " test -r lua/liangxin/init.lua && echo yes") == "yes";
  (may_read and it_runs or pending)("in a folder that cannot be written sends nothing", function()
    assert(os.execute(("chmod 555 '%s'"):format(folder)))
    local program = child.start(PROGRAM, { fault.base_url, journal, folder, "hero" },
      { before = ("exec %s \"$@\";"):format(drop) })
    local _, said = program:finish()
    assert(os.execute(("chmod 755 '%s'"):format(folder)))
    assert.truthy(said:find("^failed\thero\tjournal\t"), said)
    assert.equal(0, fault:stats().creates)
  end)

  it_runs("that another program holds locked makes calls wait, and sends nothing before", function()
    local client = quick.client(fault, { journal = journal })
    assert(draw(client, "first"))
    local holder, held = assert(io.popen(("sqlite3 '%s'"):format(journal), "w")), folder .. "/held"
    holder:write((".timeout 60000\nBEGIN EXCLUSIVE;\n.shell touch '%s'\n"):format(held))
    holder:flush()
    local deadline = socket.gettime() + PATIENCE_S
    while not lfs.attributes(held, "mode") do
      assert(socket.gettime() < deadline)
      socket.sleep(0.01)
    end
    local job = client:spawn(draw, client, "second")
    client:sleep(0.3)
    assert.equal("waiting", job.status)
    assert.equal(1, fault:stats().creates)
    holder:write("COMMIT;\n")
    holder:close()
    assert(job:wait())
    assert.equal(2, fault:billed())
  end)

  local library = output_of("ls /usr/lib/*/faketime/libfaketime.so.1 2>/dev/null");
  (library ~= "" and it_runs or pending)("does not mind clocks that jump by hours", function()
    rage(12, function(self)
      return ("export LD_PRELOAD=%s FAKETIME=%+dh DONT_FAKE_MONOTONIC=1 FAKETIME_DONT_FAKE_MONOTONIC=1;")
        :format(library, math.floor(self:random() * 20) - 10)
    end)
  end)

  it_runs("waits for a process that stands still, and sends nothing in its place", function()
    fault:rule({ on = "create", act = "hang" })
    local first = child.start(PROGRAM, { fault.base_url, journal, folder, "hero" })
    assert(fault:await("hanging", { at_least = 1 }, PATIENCE_S))
    stop_unlocked(first)
    local client = quick.client(fault, { journal = journal })
    local _, err = draw(client, "hero", { deadline = 2 })
    if err.kind ~= "journal" then -- it may stand still with the journal locked
      assert.equal("deadline", err.kind)
    end
    fault:release()
    first:kill("CONT")
    assert(draw(client, "hero", { deadline = PATIENCE_S }))
    local status, said = first:finish()
    assert.equal(0, status, said)
    assert.same({ 1, 1 }, { fault:stats().creates, fault:billed() })
  end)

  it("that was copied sends nothing before it is adopted", function()
    local client = quick.client(fault, { journal = journal })
    assert(draw(client, "before"))
    client:close()
    local copied = folder .. "/copied.db"
    local from, to = assert(io.open(journal, "rb")), assert(io.open(copied, "wb"))
    to:write((from:read("*a")))
    from:close()
    to:close()
    client = quick.client(fault, { journal = copied })
    local result, err = draw(client, "after")
    assert.is_nil(result)
    assert.same({ "journal", "no" }, { err.kind, err.charged })
    assert.truthy(err.message:find("adopt", 1, true), err.message)
    assert.equal(1, fault:stats().creates)
    assert(client.journal:adopt())
    assert(draw(client, "after"))
    assert(draw(client, "before"))
    assert.same({ 2, 2 }, { fault:stats().creates, fault:billed() })
  end);

  (rawget(_G, "jit") and it_runs or pending)("is left alone by a fork", function()
    local status, said = child.run("spec/support/journal_fork_child.lua", { fault.base_url, journal })
    assert.equal(0, status, said)
    assert.equal("parent\tmade\nfork\tforked\tforked\nfork\tclosed\nparent\tmade", said)
    assert.equal("ok", sql("PRAGMA integrity_check"))
    assert.same({ 2, 2 }, { fault:stats().creates, fault:billed() })
  end)

  it("knows nothing here of what was drawn elsewhere", function()
    local there = quick.client(fault, { journal = journal, base_url = fault.other_url })
    assert(draw(there, "hero"))
    local here = quick.client(fault, { journal = journal })
    assert.is_nil(assert(here.journal:entries({ key = "hero" }))())
    assert(draw(here, "hero", { reuse = true }))
    assert.equal(2, fault:billed())
  end)
end)
