-- as_completed and wait_any: the ends of many, in the order in which they come.

local live = require "spec.support.live"

local JOBS_OF_A_LONG_LIST = 6400

describe("as they end:", function()
  local service, client
  live.each(function(...)
    service, client = ...
  end)

  -- A job that ends after `hundredths` with its name.
  local function job(hundredths, name)
    return client:spawn(function()
      local ok, err = client:sleep(hundredths / 100)
      if not ok then
        return nil, err
      end
      return name
    end)
  end

  local function collected(list)
    local seen = {}
    local following = client:as_completed(list)
    local index, value, err = following()
    while index do
      seen[#seen + 1] = { index, value, err and err.kind }
      index, value, err = following()
    end
    return seen
  end

  describe("as_completed", function()
    it("gives each entry once, in the order of the ends", function()
      assert.same({ { 2, "b" }, { 3, "c" }, { 1, "a" } }, collected({ job(9, "a"), job(1, "b"), job(5, "c") }))
    end)

    it("stands in a for, in the main chunk", function()
      local seen = {}
      for index, value, err in client:as_completed({ job(3, "a"), job(1, "b") }) do
        seen[#seen + 1] = { index, value, err }
      end
      assert.same({ { 2, "b" }, { 1, "a" } }, seen)
    end)

    it("begins with what has ended, in the list's order", function()
      local list = { job(0, "a"), job(4, "b"), job(0, "c") }
      client:wait_all({ list[1], list[3] })
      assert.same({ { 1, "a" }, { 3, "c" }, { 2, "b" } }, collected(list))
    end)

    it("gives tasks and jobs, values and errors, and an entry for each place", function()
      local task = assert(client:create(live.picture("[fail] x")))
      local failing = client:spawn(function()
        error("raised", 0)
      end)
      local one = job(1, "one")
      local by_index, count = {}, 0
      for index, value, err in client:as_completed({ task, one, failing, one }) do
        by_index[index] = { value, err }
        count = count + 1
      end
      assert.equal(4, count)
      assert.equal("task_failed", by_index[1][2].kind)
      assert.same({ "one" }, by_index[2])
      assert.equal("raised", by_index[3][2])
      assert.same({ "one" }, by_index[4])
      assert.equal(0, client:step()) -- who waited for the job has heard
    end)

    it("gives a task whose watching ended with the error of that", function()
      local task = assert(client:create(live.picture("[never] x"), { deadline = 0.1 }))
      local seen = collected({ task })
      assert.same({ { 1, nil, "deadline" } }, seen)
    end)

    it("of nothing is nothing", function()
      assert.same({}, collected({}))
    end)

    it("gives the rest with kind closed when the client is closed", function()
      local list = { job(1, "a"), job(6000, "b"), assert(client:create(live.picture("[never] x"))) }
      local kinds = {}
      for index, value, err in client:as_completed(list) do
        kinds[index] = value or err.kind
        if index == 1 then
          client:close()
        end
      end
      assert.same({ "a", "closed", "closed" }, kinds)
    end)

    it("gives the rest with kind cancelled when its job is", function()
      local seen
      local list = { job(6000, "a"), job(6000, "b") }
      local waiting = client:spawn(function()
        seen = collected(list)
      end)
      waiting:cancel()
      assert.same({ { 1, nil, "cancelled" }, { 2, nil, "cancelled" } }, seen)
    end)

    it("raises on anything but a list of tasks and jobs", function()
      local message = live.raised(client.as_completed, client, { 1 })
      assert.truthy(message:find("entry 1 is neither a task nor a job", 1, true))
    end)
  end)

  describe("wait_any", function()
    local function drain(list, drop)
      local seen = {}
      while #list > 0 do
        local index, value = client:wait_any(list)
        seen[#seen + 1] = value
        drop(list, index)
      end
      return table.concat(seen)
    end

    it("goes on when the caller removes what ended", function()
      assert.equal("bdca", drain({ job(9, "a"), job(1, "b"), job(6, "c"), job(3, "d") }, table.remove))
    end)

    it("goes on when the caller puts the last one in its place", function()
      assert.equal("bdca", drain({ job(9, "a"), job(1, "b"), job(6, "c"), job(3, "d") }, function(list, i)
        list[i] = list[#list]
        list[#list] = nil
      end))
    end)

    it("sees what the caller puts in, in place of one or beside it", function()
      local list, more = { job(200, "z"), job(1, "a") }, { "b", "c", "d" }
      local at, turn = nil, 0
      local seen = drain(list, function(entries, i)
        turn = turn + 1
        at = at or i
        if turn == 1 then
          entries[i] = job(1, more[turn])
        elseif turn == 2 then
          table.remove(entries, i)
          table.insert(entries, 1, job(1, more[turn]))
        elseif turn == 3 then
          entries[i] = job(1, more[turn])
          entries[#entries + 1] = job(2, "e")
        else
          table.remove(entries, i)
        end
      end)
      assert.equal("abcdez", seen)
    end)

    it("sees what the caller puts anywhere in a long list", function()
      local list = { job(1, "a") }
      for i = 2, 300 do
        list[i] = job(6000, "z")
      end
      assert.same({ 1, "a" }, { client:wait_any(list) })
      list[1], list[200] = list[200], job(1, "b")
      assert.same({ 200, "b" }, { client:wait_any(list) })
      list[200], list[7] = list[300], 7
      local ok, raised = pcall(client.wait_any, client, list)
      assert.is_false(ok)
      assert.truthy(raised:find("entry 7 is neither a task nor a job", 1, true), raised)
    end)

    -- The list without its entry `at`, as a new one.
    local function without(list, at)
      local fresh = {}
      for i = 1, #list do
        fresh[#fresh + 1] = i ~= at and list[i] or nil
      end
      return fresh
    end

    it("goes on when the caller makes a new list each time", function()
      local list, seen = { job(9, "a"), job(1, "b"), job(6, "c"), job(3, "d") }, {}
      while #list > 0 do
        local index, value = client:wait_any(list)
        seen[#seen + 1] = value
        list = without(list, index)
      end
      assert.equal("bdca", table.concat(seen))
    end)

    it("gives only what is in a new list, and looks at all of it", function()
      local list = { job(1, "a"), job(2, "b") }
      for i = 3, 300 do
        list[i] = job(6000, "z")
      end
      assert.same({ 1, "a" }, { client:wait_any(list) })
      local other = without(list, 300)
      other[1], other[2], other[299] = job(6000, "y"), job(6000, "y"), job(3, "c")
      assert.same({ 299, "c" }, { client:wait_any(other) })
      assert.same({ 1, "b" }, { client:wait_any({ list[2], list[3] }) })
      local bad = without(list, 1)
      bad[299] = 7
      local ok, raised = pcall(client.wait_any, client, bad)
      assert.is_false(ok)
      assert.truthy(raised:find("entry 299 is neither a task nor a job", 1, true), raised)
    end)

    it("gives what has ended again while it stays in the list", function()
      local list = { job(6000, "a"), job(1, "b") }
      for _ = 1, 3 do
        assert.same({ 2, "b" }, { client:wait_any(list) })
      end
      list[2] = job(1, "c")
      assert.same({ 2, "c" }, { client:wait_any(list) })
      list[1]:cancel()
    end)

    it("asks again about a task whose watching has ended", function()
      local task = assert(client:create(live.picture("[never] x"), { deadline = 0.1 }))
      local list = { task }
      for _ = 1, 2 do
        local index, value, err = client:wait_any(list)
        assert.same({ 1, nil, "deadline" }, { index, value, err.kind })
      end
    end)

    it("of a list that is in use by another job is right in both", function()
      local list = { job(1, "a"), job(3, "b"), job(5, "c") }
      local seen = {}
      local function consume()
        while #list > 0 do
          local index, value = client:wait_any(list)
          seen[value] = (seen[value] or 0) + 1
          if list[index] then
            table.remove(list, index)
          end
        end
      end
      client:wait_all({ client:spawn(consume), client:spawn(consume) }, 5)
      assert.truthy(seen.a and seen.b and seen.c)
    end)

    it("leaves a job's error to the host when nobody asks for it", function()
      local list = { job(1, "a"), client:spawn(function()
        client:sleep(0.05)
        error("unheard", 0)
      end) }
      assert.equal(1, (client:wait_any(list)))
      local ok, raised = true, nil
      while ok and client:pending() > 0 do
        ok, raised = pcall(client.poll, client, 1)
      end
      assert.same({ false, "unheard" }, { ok, raised })
    end)
  end)

  it("a long list costs no more than its length", function()
    local function cpu_of(count, consume)
      local list = {}
      for i = 1, count do
        list[i] = job((i * 7919 % count) / count * 10, i)
      end
      local began = os.clock()
      consume(list)
      return os.clock() - began
    end
    local function each(list)
      for _, value in client:as_completed(list) do
        assert(value)
      end
    end
    local function any(list)
      while #list > 0 do
        local index, value = client:wait_any(list)
        assert(value)
        table.remove(list, index)
      end
    end
    local function any_of_new(list)
      while #list > 0 do
        local index = client:wait_any(list)
        local fresh = {}
        for i = 1, #list do
          fresh[#fresh + 1] = i ~= index and list[i] or nil
        end
        list = fresh
      end
    end
    -- 26 s when each wait attached to all entries.
    assert.is_true(cpu_of(JOBS_OF_A_LONG_LIST, any) < 8)
    assert.is_true(cpu_of(JOBS_OF_A_LONG_LIST, any_of_new) < 12)
    assert.is_true(cpu_of(JOBS_OF_A_LONG_LIST, each) < 4)
    assert.truthy(service)
  end)
end)
