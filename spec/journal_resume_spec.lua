-- Taking over by the thousand, by several clients at once.

local fault_client = require "spec.support.fault_client"
local journals = require "spec.support.journals"
local sqlite = require "spec.support.sqlite"

local ACCEPTED, SENDING = 1203, 2

local it_asks = sqlite.has_program and it or pending

describe("client:resume of thousands", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)

  -- Nothing is asked about them.
  local function open()
    return here.open({ max_requests_per_second = 0.001 })
  end

  local function ask(statement)
    return sqlite.ask(here.folder .. "/studio.db", statement)
  end

  -- A journal with as many entries that nobody has, each with a task of its own.
  local function fill()
    fault:service({ polls_until_success = 1000000 })
    local client = here.open()
    assert(client:create({ model = "z-image", input = { prompt = "a pond" } }, { key = "first" }))
    client:close()
    ask(([[WITH RECURSIVE c(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM c WHERE i < %d)
      INSERT INTO entry(origin, key, model, body, priority, state, attempt, owner, fence, due_ms, created_ms,
        accepted_ms, ended_ms, saved_ms)
      SELECT origin, 'many/' || i, model, body, 0, CASE WHEN i > %d THEN 'sending' ELSE 'accepted' END, 1, 0, 1, 0,
        created_ms, accepted_ms, 0, 0 FROM c, entry WHERE entry.id = 1;
      INSERT INTO attempt(entry_id, n, origin, task_id, reserved_mc, sent_ms)
      SELECT id, 1, origin, CASE WHEN state = 'accepted' THEN 'task_' || id END, 0, 1 FROM entry WHERE id > 1;
      UPDATE entry SET owner = 0, fence = 1;]]):format(ACCEPTED + SENDING, ACCEPTED))
  end

  -- Count what is in `tasks` into `seen`, by key.
  local function count(tasks, seen)
    for _, task in ipairs(tasks) do
      assert.truthy(task.id)
      seen[task.key] = (seen[task.key] or 0) + 1
    end
    return #tasks
  end

  local function has_ended(job)
    return job.status == "done" or job.status == "failed"
  end

  it_asks("has each once, whoever takes it, and closing leaves it to others", function()
    fill()
    local first, second = open(), open()
    local one = first:spawn(first.resume, first)
    local other = second:spawn(second.resume, second)
    while not (has_ended(one) and has_ended(other)) do
      first:step()
      second:step()
      first:sleep(0.001)
    end
    local ours, theirs, seen = assert(one:wait()), assert(other:wait()), {}
    assert.equal(ACCEPTED, count(ours, seen) + count(theirs, seen))
    for key, times in pairs(seen) do
      assert.equal(1, times, key)
    end
    assert.equal(tostring(SENDING), ask("SELECT count(*) FROM entry WHERE state = 'unknown' AND owner = 0"))
    assert.equal("0", ask("SELECT count(*) FROM entry WHERE fence <> 2"))
    assert.equal("0", ask("SELECT count(*) FROM entry WHERE state = 'accepted' AND owner = 0"))
    assert.same({}, first:resume())
    first:close(0)
    assert.equal(#ours, #assert(second:resume()))
    assert.equal(1, fault:stats().creates)
  end)

  it("tells on_state, which may be a table that can be called", function()
    fault:service({ polls_until_success = 1000000 })
    local client, told = here.open(), {}
    local id = assert(client:create({ model = "z-image", input = { prompt = "a pond" } }, { key = "a" })).id
    client:close()
    fault:task(id, { polls_until_success = 0 })
    local listener = setmetatable({}, { __call = function(_, state, record)
      told[#told + 1] = state .. " " .. record.task_id
    end })
    local results = assert(here.open():resume({ wait = true, on_state = listener }))
    assert.equal(id, results[1].task_id)
    assert.equal("success " .. id, told[#told])
  end)
end)
