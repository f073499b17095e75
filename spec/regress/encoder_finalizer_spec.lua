-- The encoder kept its buffer where a finalizer could reach it: LuaJIT and
-- Lua 5.1 collect before lua_pushlstring copies, a __gc that encoded another
-- request freed the buffer, and the freed bytes were sent.

local core = require("liangxin.core")
local collector = require("spec.support.collector")

describe("core.encode", function()
  after_each(function()
    collector.set_pause(200)
    collector.set_step_multiplier(200)
    collectgarbage("restart")
  end)

  it("is not disturbed by a finalizer that encodes", function()
    local finalized = 0
    for round = 1, 200 do
      local text = ("%04d"):format(round):rep(1000 + 20 * round)
      local other = ("x"):rep(200000)
      collectgarbage("stop")
      for _ = 1, 4 do
        collector.with_finalizer(function()
          finalized = finalized + 1
          assert(core.encode({ prompt = other }))
        end)
      end
      local value = { prompt = text }
      collector.set_pause(0)
      collector.set_step_multiplier(1000000)
      collectgarbage("restart")
      local encoded = core.encode(value)
      assert.is_true(encoded == ('{"prompt":"%s"}'):format(text))
    end
    collectgarbage()
    assert.is_true(finalized > 0)
  end)

  it("names a place whose key a finalizer has removed", function()
    for round = 1, 200 do
      local value = {}
      value[("key%d"):format(round)] = { 0 / 0 }
      collectgarbage("stop")
      for _ = 1, 4 do
        collector.with_finalizer(function()
          value[next(value) or "gone"] = nil
          for i = 1, 20 do
            assert(("filler%d.%d"):format(round, i))
          end
        end)
      end
      collector.set_pause(0)
      collector.set_step_multiplier(1000000)
      collectgarbage("restart")
      local text, problem, path = core.encode(value)
      assert.is_nil(text)
      assert.equal("is not a finite number", problem)
      assert.equal(("key%d[1]"):format(round), path)
    end
  end)
end)
