-- A finalizer may close the client whenever C allocates a Lua value: functions
-- of the handle that had looked at the client before used it after.

local collector = require("spec.support.collector")
local liangxin = require("liangxin")

local SPEC = {
  url = "http://127.0.0.1:1/", target = "unused/", number = 1, max_bytes = 1, stall = 1,
}

local CALLS = {
  durations = function(handle) return handle:durations() end,
  saved_durations = function(handle) return handle:saved_durations() end,
  stats = function(handle) return handle:stats() end,
  next = function(handle) return handle:next() end,
  download = function(handle) return handle:download(1, SPEC) end,
  -- numbers become strings: an allocation in the middle
  create = function(handle) return handle:create(1, 12.5, 13.5, 1) end,
  query = function(handle) return handle:query(1, 14.5) end,
  poll = function(handle) return handle:poll(0) end,
}

describe("a finalizer that closes the client", function()
  local function collect_as_usual()
    collector.set_pause(200)
    collector.set_step_multiplier(200)
    collectgarbage("restart")
  end
  after_each(collect_as_usual)

  for name, call in pairs(CALLS) do
    it("in the middle of handle:" .. name, function()
      for _ = 1, 50 do
        local client = liangxin.new({ base_url = "http://127.0.0.1:1", api_key = "k" })
        local handle, is_closed = client._handle, false
        client:spawn(function()
          client:sleep(0) -- an event that waits to be told
        end)
        collectgarbage("stop")
        collector.with_finalizer(function()
          handle:close()
          is_closed = true
        end)
        collector.set_pause(0)
        collector.set_step_multiplier(1000000)
        collectgarbage("restart")
        local ok, message = pcall(call, handle)
        collect_as_usual()
        assert.is_true(ok or message:find("attempt to use a closed client", 1, true) ~= nil, message)
        collectgarbage()
        assert.is_true(is_closed)
        client._scheduler.closed = true
      end
    end)
  end
end)
