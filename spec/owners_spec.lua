-- Errors go to their owner: what a job or callback raises reaches who waits for
-- it, else on_error, else the host's next step, poll or close. No other wait
-- loses its paid result.

local child = require "spec.support.child"
local fault_client = require "spec.support.fault_client"
local live = require "spec.support.live"
local quick = require "spec.support.quick"

describe("an error", function()
  local fault = fault_client.serve()

  after_each(quick.close)

  local function request(name)
    return { model = "m", input = { prompt = name } }
  end

  local function failing(what)
    return function()
      error(what, 0)
    end
  end

  describe("of a callback", function()
    it("is not the wait's for another task, and is the host's", function()
      local client = quick.client(fault)
      assert(client:create(request("a"), { on_state = failing("of a") }))
      fault:task("task_2", { polls_until_success = 5 })
      local result = assert(client:generate("m", { prompt = "b" }))
      assert.equal("task_2", result.task_id)
      local count = 0
      repeat
        local ok, raised = pcall(client.step, client)
        assert.is_true(ok or raised == "of a")
        count = count + (ok and 0 or 1)
      until ok
      assert.is_true(count >= 1)
    end)

    it("does not lose the result of its own task", function()
      local client = quick.client(fault)
      local task = assert(client:create(request("a"), { on_state = failing("of a") }))
      assert.equal("task_1", assert(task:wait()).task_id)
      assert.equal("of a", live.raised(client.close, client))
    end)

    it("is create's and generate's when their on_created raises, in jobs too", function()
      local client = quick.client(fault)
      local options = { on_created = failing("no disk") }
      assert.equal("no disk", live.raised(client.create, client, request("a"), options))
      assert.equal("no disk", live.raised(client.generate, client, "m", {}, options))
      local job = client:spawn(function()
        client:generate("m", {}, options)
      end)
      assert.equal("no disk", live.raised(job.wait, job))
      assert.equal(3, quick.counts(fault).billed)
    end)
  end)

  describe("with on_error", function()
    local heard, client
    before_each(function()
      heard = {}
      client = quick.client(fault, { on_error = function(err, where)
        heard[#heard + 1] = { err, where:match("^[^\n]*") }
        assert(where:find("stack traceback", 1, true))
      end })
    end)

    it("of a callback goes there at once, by its name", function()
      local task = assert(client:create(request("a"), { on_state = failing("of a") }))
      assert(task:wait())
      assert.truthy(#heard >= 1)
      assert.same({ "of a", "on_state of task task_1" }, heard[1])
      client:step()
      client:close()
    end)

    it("of a job goes there with the next step, not when somebody waits", function()
      client:spawn(failing("unheard"))
      local job = client:spawn(failing("heard"))
      assert.equal("heard", live.raised(job.wait, job))
      assert.same({}, heard)
      client:step()
      assert.same({ { "unheard", "a job" } }, heard)
    end)

    it("goes there from close, and none is raised", function()
      client:spawn(failing("one"))
      client:spawn(failing("two"))
      assert.is_true(client:close())
      assert.same({ { "one", "a job" }, { "two", "a job" } }, heard)
    end)

    it("in on_error itself is the host's", function()
      local other = quick.client(fault, { on_error = failing("in on_error") })
      other:spawn(failing("first"))
      local ok, raised = pcall(other.step, other)
      if ok then
        ok, raised = pcall(other.step, other)
      end
      assert.same({ false, "in on_error" }, { ok, raised })
      assert.equal(0, other:step())
    end)

    it("lets on_error wait", function()
      local waited
      local other
      other = quick.client(fault, { on_error = function()
        other:sleep(0.01)
        waited = true
      end })
      other:spawn(failing("first"))
      other:step()
      assert.is_true(other:sleep(0.05))
      assert.is_true(waited)
    end)
  end)

  describe("close() inside", function()
    local client
    local function close()
      client:close()
    end

    it("on_created ends create and generate with kind closed and the task", function()
      client = quick.client(fault)
      local _, err = client:create(request("a"), { on_created = close })
      assert.same({ "closed", "task_1" }, { err.kind, err.task_id })
      client = quick.client(fault)
      _, err = client:generate("m", {}, { on_created = close })
      assert.same({ "closed", "task_2" }, { err.kind, err.task_id })
    end)

    it("on_created in a job does so, too", function()
      client = quick.client(fault)
      local heard
      local job = client:spawn(function()
        local _, err = client:generate("m", {}, { on_created = close })
        heard = err
      end)
      job:wait()
      assert.same({ "closed", "task_1" }, { heard.kind, heard.task_id })
    end)

    it("on_state and on_progress end the wait with kind closed", function()
      fault:rule({ on = "query", body = '{"code":200,"data":{"taskId":"task_1","state":"generating","progress":10}}' })
      client = quick.client(fault)
      local _, err = client:generate("m", {}, { on_progress = close })
      assert.same({ "closed", "task_1" }, { err.kind, err.task_id })
    end)

    it("allow_download ends the download with kind closed", function()
      client = quick.client(fault, { allow_download = function()
        close()
        return true
      end })
      local _, err = client:download(fault.base_url .. "/files/a", "unused/")
      assert.equal("closed", err.kind)
    end)
  end)

  it("of client.park names what it must return", function()
    local client = quick.client(fault)
    local function raised_with(park)
      client.park = park
      local ok, raised = coroutine.resume(coroutine.create(function()
        client:sleep(1)
      end))
      assert.is_false(ok)
      return raised
    end
    local raised = raised_with(function()
      return "wait", 1
    end)
    assert.truthy(raised:find("owners_spec.lua:%d+: client.park must return two functions, "
      .. "wait and wake, not string and number"), raised)
    raised = raised_with("wait")
    assert.truthy(raised:find("owners_spec.lua:%d+: client.park must be a function that returns "
      .. "two functions, wait and wake, not a string"), raised)
  end)

  it("pending counts a coroutine whose wake has to wait for the next step", function()
    local client = quick.client(fault)
    local woken = 0
    client.park = function()
      return coroutine.yield, function()
        woken = woken + 1
      end
    end
    local gate = client:spawn(client.sleep, client, 0.01)
    for _ = 1, 2 do
      assert(coroutine.resume(coroutine.create(function()
        gate:wait()
      end)))
    end
    assert.equal(4, client:pending()) -- the job, its timer, and two who wait
    while woken == 0 do
      client:step(0)
    end
    assert.equal(1, woken)
    assert.equal(1, client:pending())
    client:step()
    assert.equal(2, woken)
    assert.equal(0, client:pending())
  end)

  it("of a job makes the descriptor readable, until each was raised", function()
    local client = quick.client(fault)
    client:step()
    assert.is_false(client:dirty())
    client:spawn(failing("first"))
    client:spawn(failing("second"))
    for _, text in ipairs({ "first", "second" }) do
      assert.is_true(client:dirty())
      assert.equal(text, live.raised(client.step, client))
    end
    client:step()
    assert.is_false(client:dirty())
  end)

  it("pending counts a coroutine that is parked", function()
    local client = quick.client(fault)
    local wake
    client.park = function()
      local co = coroutine.running()
      return coroutine.yield, function()
        wake = co
      end
    end
    local done
    local co = coroutine.create(function()
      local task = client:task("task_9")
      fault:make_task("task_9", { polls_until_success = 1 })
      done = task:wait()
    end)
    assert(coroutine.resume(co))
    assert.equal(2, client:pending()) -- the task, and who waits
    while not wake do
      client:poll(1)
    end
    assert(coroutine.resume(wake))
    assert.equal("task_9", done.task_id)
    assert.equal(0, client:pending())
  end)

  describe("that nobody catches", function()
    local it_runs = child.can_start and it or pending

    local PROGRAM = [[
local liangxin = require("liangxin")
local client = liangxin.new({ base_url = "%s", api_key = "k",
  poll = { first = 0.01, factor = 1, max = 0.01, jitter = 0 } })
%s
]]

    local function start(body)
      local path = os.tmpname()
      local file = assert(io.open(path, "w"))
      file:write(PROGRAM:format(fault.base_url, body))
      file:close()
      return path, child.start(path)
    end

    local function run(body)
      local path, process = start(body)
      local _, said = process:finish()
      os.remove(path)
      return said, path
    end

    it_runs("comes from check with its place", function()
      fault:rule({ on = "create", status = 401, body = '{"code":401,"msg":"no such key"}' })
      local said, path = run('liangxin.check(client:generate("m", {}))')
      assert.truthy(said:find(path .. ":4: no such key", 1, true), said)
    end)

    it_runs("the program's end names a paid task that still ran, and one that a job dropped", function()
      fault:service({ polls_until_success = 1000000 })
      local said = run([[
local is_created
client:spawn(function()
  client:generate("first", {}, { on_created = function() is_created = true end })
end)
local task = client:create({ model = "second", input = {} })
client:create({ model = "third", input = {} }, { watch = false })
client:create({ model = "fourth", input = {}, callBackUrl = "https://h.example/" })
client:spawn(function() task:wait() end)
repeat client:sleep(0.01) until is_created
]])
      assert.truthy(said:find("task_%d %(first%)"), said)
      assert.truthy(said:find("task_%d %(second%)"), said)
      assert.falsy(said:find("third", 1, true))
      assert.falsy(said:find("fourth", 1, true))
    end)

    it_runs("the program's end says nothing of what was heard", function()
      local said = run([[
assert(client:generate("first", {}))
local task = client:create({ model = "second", input = {} })
task:wait()
client:wait_all({ client:create({ model = "third", input = {} }) })
client:create({ model = "fourth", input = {} }):cancel()
]])
      assert.equal("", said)
    end)

    -- An interpreter shows an error object without a stack, but for LuaJIT's and
    -- PUC 5.1's.
    it_runs("after a Ctrl-C in generate names the task, not our insides", function()
      fault:service({ polls_until_success = 1000000 })
      local path, process = start('client:generate("slow", {})')
      assert(fault:await("queries", { at_least = 2 }))
      process:kill("INT")
      local status, said = process:finish()
      os.remove(path)
      assert.equal(1, status)
      local told = path .. ':4: interrupted! task task_1 goes on; client:task("task_1"):wait()'
      assert.truthy(said:find(told, 1, true), said)
      if _VERSION ~= "Lua 5.1" then
        assert.falsy(said:find("async", 1, true), said)
      end
    end)

    it_runs("after a Ctrl-C in a save names the task, in other waits nothing of ours", function()
      fault:rule({ on = "file", act = "hang", times = "always" })
      for code, told in pairs {
        ['assert(client:generate("m", {})):save("never/")']
          = ':4: interrupted! the result is still there: client:task("task_',
        ['client:download("' .. fault.base_url .. '/files/x.png", "never.png")'] = ":4: interrupted! (cancelled)",
        ['client:run(function() client:download("' .. fault.base_url .. '/files/x.png", "never.png") end)']
          = ":4: interrupted! (cancelled)",
      } do
        local files = fault:stats().files
        local path, process = start(code)
        assert(fault:await("files", { at_least = files + 1 }))
        process:kill("INT")
        local status, said = process:finish()
        os.remove(path)
        assert.equal(1, status)
        assert.truthy(said:find(path .. told, 1, true), said)
        if _VERSION ~= "Lua 5.1" then
          assert.falsy(said:find("async", 1, true), said)
        end
      end
      fault:release()
      os.remove("never")
    end)

    it_runs("the program's end tells of a create under way", function()
      fault:rule({ on = "create", act = "hang", times = "always" })
      local said = run([[
client:spawn(function()
  client:generate("first", {})
end)
client:sleep(0.1)
]])
      assert.truthy(said:find("1 request to create a task was under way", 1, true), said)
      said = run([[
client:spawn(function()
  print(select(2, client:generate("first", {})).kind)
end)
client:sleep(0.1)
client:close()
]])
      assert.equal("closed", said)
      fault:release()
    end)

    it_runs("an uncaught error of run names the tasks that were cancelled for it", function()
      fault:service({ polls_until_success = 1000000 })
      local said = run([[
client:run(function()
  client:spawn(function() client:generate("first", {}) end)
  client:sleep(0.2)
  liangxin.check(client:download("ftp://h.example/x", "x"))
end)
]])
      -- PUC 5.1 raises a text there, and the end of the process names them.
      local is_text = _VERSION == "Lua 5.1" and not rawget(_G, "jit")
      assert.truthy(said:find(is_text and "may be billed, .*: task_%d" or "cancelled: task_%d"), said)
    end)

    it_runs("after a Ctrl-C in create says that a task may exist", function()
      fault:rule({ on = "create", act = "hang" })
      local path, process = start('client:create({ model = "slow", input = {} })')
      assert(fault:await("creates", { at_least = 1 }))
      process:kill("INT")
      local _, said = process:finish()
      os.remove(path)
      assert.truthy(said:find("it may exist and be billed", 1, true), said)
      fault:release()
    end)

    it_runs("a wait that was interrupted may be made again", function()
      fault:task("task_1", { polls_until_success = 1000000 })
      local path, process = start([[
local task = client:create({ model = "slow", input = {} }, { watch = false }) -- queries come of the wait alone
local ok, err = pcall(task.wait, task)
print(ok, (tostring(err):gsub("^.-: ", "")))
print(select(2, task:wait(0.05)).kind, client:pending())
print(#assert(client:generate("m", {})).urls)
]])
      assert(fault:await("queries", { at_least = 2 }))
      process:kill("INT")
      local status, said = process:finish()
      os.remove(path)
      assert.equal(0, status, said)
      assert.truthy(said:find("^false\tinterrupted! task task_1 goes on"), said)
      assert.truthy(said:find("\ndeadline\t1\n1$"), said)
    end)
  end)
end)
