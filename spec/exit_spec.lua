-- Processes that exit in every way with HTTPS in flight: none crashes, each
-- ends with the status that its way of ending has.

local child = require("spec.support.child")
local exits = require("spec.support.exits")
local fault_client = require("spec.support.fault_client")

local TIMES = 5

describe("a process with HTTPS in flight", function()
  local server
  local it_runs = child.can_start and it or pending

  setup(function()
    server = fault_client.start({ tls = true })
    exits.prepare(server)
  end)
  teardown(function()
    server:stop()
  end)

  for _, way in ipairs(exits.WAYS) do
    it_runs("survives " .. way.name, function()
      for i = 1, TIMES do
        local status, said = exits.run(server, way)
        assert.equal(way.status, status, ("run %d said: %s"):format(i, said))
      end
    end)
  end
end)
