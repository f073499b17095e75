-- The collector at any time: between all instructions, under every regime, and
-- on whatever was dropped with work in flight.

local child = require("spec.support.child")
local fault_client = require("spec.support.fault_client")
local liangxin = require("liangxin")
local live = require("spec.support.live")

local MODES = {
  "full, every 40 instructions", "one step, every 3 instructions",
  "incremental, tiny pauses", "generational", "switching",
}

describe("the collector", function()
  local server = fault_client.serve()
  local it_runs = child.can_start and it or pending

  local function new(options)
    local given = {
      base_url = server.base_url, api_key = "sk-gc",
      poll = { first = 0.002, factor = 1, max = 0.002, jitter = 0 },
    }
    for name, value in pairs(options or {}) do
      given[name] = value
    end
    return liangxin.new(given)
  end

  local function collect()
    collectgarbage()
    collectgarbage()
  end

  for _, mode in ipairs(MODES) do
    it_runs("may run all the time: " .. mode, function()
      local folder, remove = live.folder()
      local status, said = child.run("spec/support/gc_child.lua", {
        server.base_url, folder, mode,
      })
      remove()
      assert.equal("done", said)
      assert.equal(0, status)
    end)
  end

  for _, method in ipairs({ "close", "step", "poll" }) do
    -- Tables have finalizers in Lua 5.4.
    local it_finalizes = _VERSION == "Lua 5.4" and it_runs or pending

    it_finalizes("may run a finalizer that calls " .. method .. " in the middle of an event", function()
      local status, said = child.run("spec/support/finalizer_child.lua", { server.base_url, method })
      assert.equal("done", said)
      assert.equal(0, status)
    end)
  end

  -- A client with a create, a watched task, a download and a timer under way.
  local function leave_busy()
    local client = new()
    local task = assert(client:create({ model = "slow", input = {} }))
    client:spawn(task.wait, task)
    client:spawn(client.create, client, { model = "hang", input = {} })
    client:spawn(client.download, client, server.base_url .. "/files/drip.png", os.tmpname() .. ".gc", {})
    client:spawn(client.sleep, client, 60)
    repeat
      client:poll(0.01)
    until client:stats().in_flight > 0
    return client
  end

  it("takes clients with everything in flight, and their connections go", function()
    server:service({ polls_until_success = 1000000 })
    server:rule({ on = "file", times = "always", act = "hang" })
    local weak = setmetatable({}, { __mode = "k" })
    for _ = 1, 20 do
      weak[leave_busy()] = true
    end
    assert.truthy(server:open_connections() > 0)
    collect()
    assert.is_nil(next(weak))
    assert(server:await("open_connections", { at_most = 0 }))
  end)

  it("leaves what is under way to its end, kept by nobody", function()
    local ended = {}
    local client = new()
    do
      for i = 1, 5 do
        client:create({ model = "m", input = { n = i } }, {
          on_state = function(state)
            ended[i] = state
          end,
        })
        client:spawn(function()
          local result = assert(client:generate("m", { n = i }))
          collect()
          ended[i + 5] = assert(result:fetch()) and "success"
        end)
      end
    end
    while client:pending() > 0 do
      collect()
      client:poll(1)
    end
    for i = 1, 10 do
      assert.equal("success", ended[i])
    end
    client:close()
  end)

  it("keeps nothing of what has ended", function()
    local client = new()
    local weak = setmetatable({}, { __mode = "k" })
    do
      local task = assert(client:create({ model = "m", input = {} }))
      local result = assert(task:wait())
      local job = client:spawn(function() end)
      local failed = select(2, client:query("nobody"))
      weak[task], weak[result], weak[job], weak[failed] = true, true, true, true
    end
    collect()
    local left = 0
    for _ in pairs(weak) do
      left = left + 1
    end
    assert.equal(0, left)
    client:close()
  end)

  it("may come after close, in any order", function()
    local client = new()
    local task = assert(client:create({ model = "m", input = {} }))
    local result = assert(task:wait())
    client:close()
    client = nil -- luacheck: ignore
    collect()
    assert.is_string(tostring(task) .. tostring(result))
    assert.equal(result, task:wait())
    local ok = pcall(result.fetch, result)
    assert.is_false(ok)
  end)

  it("closes at the end of a scope where Lua has those", function()
    local scoped = loadstring or load
    scoped = scoped([[
      local new, seen = ...
      local client <close> = new()
      seen[1] = client
      client:spawn(function()
        seen[2] = select(2, client:sleep(60)).kind
      end)
    ]])
    if not scoped then
      return -- not this Lua's syntax
    end
    local seen = {}
    scoped(new, seen)
    assert.equal("closed", seen[2])
    assert.is_false((pcall(seen[1].step, seen[1])))
  end)

  it("may take a module that is loaded again", function()
    local first = new()
    local names = {}
    for name in pairs(package.loaded) do
      if name:find("^liangxin") then
        names[name] = package.loaded[name]
      end
    end
    for _ = 1, 3 do
      for name in pairs(names) do
        package.loaded[name] = nil
      end
      collect()
      local again = require("liangxin")
      assert.not_equal(liangxin, again)
      local second = again.new({ base_url = server.base_url, api_key = "sk-gc" })
      assert(second:create({ model = "m", input = {} }, { watch = false }))
      assert(first:create({ model = "m", input = {} }, { watch = false }))
      assert.equal("[]", again.array({}) and require("liangxin.core").encode(liangxin.array({})))
      second:close()
    end
    for name, module in pairs(names) do
      package.loaded[name] = module
    end
    collect()
    assert(first:generate("m", {}))
    first:close()
  end)
end)
