-- The client: callbacks, closing, and the words of a programmer's mistakes.

local fault_client = require "spec.support.fault_client"
local live = require "spec.support.live"
local liangxin = require "liangxin"

describe("a client", function()
  local service, client
  live.each(function(...)
    service, client = ...
  end)

  describe("calling back", function()
    it("delivers everything before the first error is raised", function()
      local calls = 0
      local task = assert(client:create(live.picture("callbacks"), {
        on_state = function(state)
          calls = calls + 1
          error("in " .. state, 0)
        end,
      }))
      local raised
      while client:pending() > 0 do
        local ok, message = pcall(client.poll, client, 5)
        raised = raised or not ok and message
      end
      assert.truthy(raised:find("^in %a+$"))
      assert.truthy(calls >= 1)
      assert.equal(1, #assert(task:wait()).urls)
    end)

    it("lets callbacks wait", function()
      local queried
      local task = assert(client:create(live.picture("waits")))
      assert.equal(task, task:on_state(function(state)
        if state == "success" then
          queried = client:query(task.id)
        end
      end))
      assert(task:wait())
      while client:pending() > 0 do
        client:poll(5)
      end
      assert.equal(task.id, queried.task_id)
    end)

    it("logs each request, without key, prompt and query", function()
      local lines = {}
      local logging = live.client(service, {
        on_log = function(event)
          for name, value in pairs(event) do
            lines[#lines + 1] = name .. "=" .. tostring(value)
          end
        end,
      })
      assert(logging:generate("z-image", { prompt = "a logged prompt" }))
      assert.equal(0, logging:poll(0.01))
      logging:close()
      local text = table.concat(lines, "\n")
      assert.truthy(text:find("method=POST", 1, true))
      assert.truthy(text:find("status=200", 1, true))
      assert.truthy(text:find("createTask", 1, true))
      for _, secret in ipairs { service.api_key, "logged prompt", "taskId=" } do
        assert.is_nil(text:find(secret, 1, true), secret)
      end
    end)
  end)

  describe("closed", function()
    it("resumes every waiting job with kind closed before close returns", function()
      local log = {}
      local task = assert(client:create(live.picture("[never] close")))
      client:spawn(function()
        local _, err = task:wait()
        log[#log + 1] = err.kind
        client:sleep(1)
        log[#log + 1] = "not reached"
      end)
      local sleeper = client:spawn(function()
        while client:sleep(60) do
          log[#log + 1] = "not reached"
        end
        log[#log + 1] = "loop left"
      end)
      client:spawn(function()
        local _, err = sleeper:wait()
        log[#log + 1] = "joiner " .. err.kind
      end)
      assert.is_true(client:close())
      assert.same({ "closed", "loop left", "joiner closed" }, log)
      assert.is_true(client:close())
    end)

    it("raises on use, at the caller's line", function()
      local task = assert(client:create(live.picture("[never] use")))
      client:close()
      for _, name in ipairs { "step", "poll", "fd", "pending", "stats", "events", "dirty" } do
        local ok, message = pcall(function()
          local value = client[name](client)
          return value
        end)
        assert.is_false(ok)
        assert.truthy(message:find("client_spec.lua:%d+: attempt to use a closed client"))
      end
      assert.is_false(pcall(task.wait, task))
      assert.is_false(pcall(client.create, client, live.picture("x")))
      assert.truthy(tostring(client):find("closed", 1, true))
    end)

    it("by a job ends the others and lets that one finish", function()
      local other
      client:spawn(function()
        other = select(2, client:sleep(60)).kind
      end)
      local value = client:run(function()
        client:sleep(0.01)
        client:close()
        return other
      end)
      assert.equal("closed", value)
    end)

    it("with a timeout waits for the response to a create", function()
      for _, in_job in ipairs { false, true } do
        local patient, id = live.client(service), nil
        patient:spawn(function()
          patient:create(live.picture("home"), {
            on_created = function(task_id)
              id = task_id
            end,
          })
        end)
        if in_job then
          patient:run(function()
            patient:close(10)
          end)
        else
          patient:close(10)
        end
        assert.equal("string", type(id))
        assert(client:query(id))
      end
    end)

    it("says maybe about a create that was under way", function()
      local fault, err = fault_client.start(), nil
      fault:rule({ on = "create", act = "hang" })
      local waiting = live.client({ base_url = fault.base_url, api_key = "sk-close" })
      waiting:spawn(function()
        err = select(2, waiting:create(live.picture("cut off")))
      end)
      assert(fault:await("hanging", { at_least = 1 }))
      waiting:close()
      fault:stop()
      assert.equal("closed", err.kind)
      assert.equal("maybe", err.charged)
      assert.is_false(err.retryable)
    end)
  end)

  it("is freed when nobody holds it", function()
    local weak = setmetatable({ live.client(service) }, { __mode = "v" })
    weak[1]:create(live.picture("[never] garbage"))
    collectgarbage()
    collectgarbage()
    assert.is_nil(weak[1])
  end)

  it("never shows its key", function()
    local seen = {}
    local function search(value)
      if type(value) == "string" then
        assert.is_nil(value:find(service.api_key, 1, true))
      elseif type(value) == "table" and not seen[value] then
        seen[value] = true
        for key, item in pairs(value) do
          search(key)
          search(item)
        end
      end
    end
    search(client)
    search(tostring(client))
  end)

  describe("used wrongly raises at the caller's line:", function()
    local function says(text, fn)
      local ok, message = pcall(fn)
      assert.is_false(ok)
      assert.equal("string", type(message))
      assert.truthy(message:find("^[^:]*client_spec.lua:%d+: "), message)
      assert.truthy(message:find(text, 1, true), message)
    end

    -- What to say, and how to make it said.
    local CASES = {
      { "request.model must be a string", function() client:create { input = {} } end },
      { "request.input must be a table", function() client:create { model = "m" } end },
      { "'callBackUrl'", function()
        client:create { model = "m", input = {}, callback_url = "https://h" }
      end },
      { "http or https URL", function()
        client:create { model = "m", input = {}, callBackUrl = "ftp://h" }
      end },
      { "request.input.images[2]", function()
        client:create { model = "m", input = { images = { "a", print } } }
      end },
      { "request.input.x", function() client:create { model = "m", input = { x = 0 / 0 } } end },
      { "did you mean 'on_created'", function()
        client:create(live.picture("x"), { on_create = print })
      end },
      { "did you mean 'callBackUrl'", function()
        client:generate("m", {}, { callbackUrl = "https://h" })
      end },
      { "must be a function", function() client:create(live.picture("x"), { on_state = 1 }) end },
      { "must be a number", function() client:task("t"):wait("5") end },
      { "the task id must be a string", function() client:task(5) end },
      { "must not be longer", function() client:query(("x"):rep(257)) end },
      { "control characters", function() client:query("a\nb") end },
      { "must be a function", function() client:spawn("x") end },
      { "must be a function", function() client:run() end },
      { "did you mean 'concurrency'", function() client:map({}, print, { concurency = 1 }) end },
      { "seconds must be from 0", function() client:sleep(-1) end },
      { "with a colon", function() client.create(live.picture("x")) end },
      { "with a colon", function() client.close() end },
      { "with a colon: task:wait", function() client:task("t").wait() end },
      { "with a colon: task:cancel", function() client:task("t").cancel() end },
      { "with a colon: job:wait", function() client:spawn(type, "").wait() end },
      { "did you mean 'timeout'", function() liangxin.new { timeot = 1 } end },
      { "has a metatable", function() liangxin.array(setmetatable({}, {})) end },
    }
    for i, case in ipairs(CASES) do
      it(i .. " " .. case[1], function()
        local before = select(2, service.requests()).creates
        says(case[1], case[2])
        assert.equal(before, select(2, service.requests()).creates)
      end)
    end
  end)
end)
