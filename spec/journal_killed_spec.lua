-- A program that is killed with SIGKILL in every state of an entry, and run
-- again: it finishes, pays once, and leaves no part behind.

local child = require "spec.support.child"
local fault_client = require "spec.support.fault_client"
local folders = require "spec.support.folder"
local quick = require "spec.support.quick"

local PROGRAM = "spec/support/journal_child.lua"
local PATIENCE = 60 -- s

describe("a program that was killed", function()
  local fault = fault_client.serve()
  local it_runs = child.can_start and it or pending
  local folder, watcher

  before_each(function()
    folder = folders.new()
    watcher = quick.client(fault, { journal = folder .. "/studio.db" })
  end)

  after_each(function()
    quick.close()
    folders.remove(folder)
  end)

  local function arguments(...)
    return { fault.base_url, folder .. "/studio.db", folder .. "/out", ... }
  end

  local function entry()
    return assert(watcher.journal:entries { key = "hero" })()
  end

  -- Wait until the entry is in `state`, as another program sees it, and `is_so`
  -- (may be nil) says yes.
  local function await(state, is_so)
    local deadline = os.time() + PATIENCE
    repeat
      local found = entry()
      if found and found.state == state and (not is_so or is_so(found)) then
        return
      end
      watcher:sleep(0.01)
    until os.time() > deadline
    error("the entry did not become " .. state)
  end

  -- Start it, kill it when the entry is in `state`.
  local function kill_in(state, is_so)
    local program = child.start(PROGRAM, arguments("hero"))
    await(state, is_so)
    program:kill("KILL")
    assert.equal(137, (program:finish()))
  end

  -- Run it again: what it said, in words.
  local function run_again()
    local status, said = child.run(PROGRAM, arguments("hero"))
    assert.equal(0, status, said)
    return said
  end

  local function check_made(said)
    assert.truthy(said:find("^made\thero\t"), said)
    assert.equal(1, #folders.list(folder .. "/out"))
    assert.truthy(folders.list(folder .. "/out")[1]:find("%.png$"))
    assert.equal("saved", entry().state)
    assert.equal(1, fault:billed())
  end

  it_runs("before its turn sends when it is run again", function()
    fault:rule({ on = "create", status = 429, headers = { { "Retry-After", "30" } } })
    kill_in("planned", function()
      return fault:stats().creates == 1
    end)
    check_made(run_again())
    assert.equal(2, fault:stats().creates)
  end)

  it_runs("in the middle of sending sends nothing more", function()
    fault:rule({ on = "create", act = "hang", billed = false })
    kill_in("sending", function()
      return fault:stats().creates == 1
    end)
    local said = run_again()
    assert.truthy(said:find("^failed\thero\toutcome_unknown\t"), said)
    assert.equal("unknown", entry().state)
    assert.equal(1, fault:stats().creates)
    -- a person finds out that nothing was made
    assert.equal(1, watcher.journal:resolve(entry(), "nothing"))
    check_made(run_again())
  end)

  it_runs("while its task was made watches that task", function()
    fault:service({ polls_until_success = 1e9 })
    kill_in("accepted")
    fault:task("task_1", { polls_until_success = 0 })
    check_made(run_again())
    assert.equal(1, fault:stats().creates)
  end)

  it_runs("in the middle of a download begins it anew, and removes the part", function()
    fault:service({ file = { size = 600000 } })
    fault:rule({ on = "file", act = "hang", when = "after_answer_bytes", bytes = 400000 })
    kill_in("succeeded", function()
      local names = fault:stats().files == 1 and folders.list(folder .. "/out") or {}
      return names[1] and names[1]:find("%.part$") ~= nil
    end)
    check_made(run_again())
    assert.equal(1, fault:stats().creates)
  end)

  it_runs("after all was saved finds it, without a request", function()
    run_again()
    local requests = fault:stats().requests
    check_made(run_again())
    assert.equal(requests, fault:stats().requests)
  end)

  it_runs("among others of one key sends once", function()
    fault:rule({ on = "create", delay_s = 0.2 })
    local programs = {}
    for i = 1, 4 do
      programs[i] = child.start(PROGRAM, arguments("hero"))
    end
    for _, program in ipairs(programs) do
      local status, said = program:finish()
      assert.equal(0, status, said)
      assert.truthy(said:find("^made\thero\t"), said)
    end
    assert.equal(1, fault:billed())
    assert.equal(1, fault:stats().files)
  end)
end)
