-- A fork in mid-flight: every call in the child answers kind forked, and what
-- the child does and how it ends does not disturb the parent. Forking needs
-- LuaJIT's ffi; the C tests cover the core under every Lua.

local child = require("spec.support.child")
local fault_client = require("spec.support.fault_client")

local can_fork = child.can_start and pcall(require, "ffi")

local CALLS = {
  "create", "generate", "query", "task", "download", "notify", "spawn", "run",
  "map", "wait_all", "wait_any", "sleep", "step", "poll", "fd", "pending",
  "stats", "dirty", "timeout", "task:wait", "task:cancel", "job:wait", "result:save",
  "result:fetch", "untouched",
}

describe("a fork in mid-flight", function()
  local server = fault_client.serve({ tls = true })
  local it_forks = can_fork and it or pending

  before_each(function()
    server:rule({ on = "create", times = 1, script = { files_on = "tls" } })
    server:rule({
      on = "create", times = 1,
      script = { polls_until_success = 60, pending_states = { "generating" } },
    })
    server:rule({
      on = "file", path = "/files/slow", times = "always",
      drip = { bytes = 4096, every_s = 0.005 },
    })
    server:file("slow.png", { size = 200000 })
  end)

  -- What was said, by name.
  local function run(way)
    local status, text = child.run("spec/support/fork_child.lua", {
      server.tls_url, server.ca_file, way,
    })
    local said = {}
    for line in (text .. "\n"):gmatch("(.-)\n") do
      local name, value = line:match("^(.-): (.*)$")
      said[name or line] = value or true
    end
    return status, said, text
  end

  for _, way in ipairs({ "closes", "collects", "exits", "exits at once", "works on its own" }) do
    it_forks("that " .. way, function()
      local status, said, text = run(way)
      assert.equal(0, status, text)
      for _, name in ipairs(CALLS) do
        assert.equal("forked", said[name], name .. " in: " .. text)
      end
      assert.is_nil(said["a job began in the fork"])
      if way == "closes" then
        assert.equal("true", said.close)
        assert.equal("false", said.closed)
      elseif way == "works on its own" then
        assert.equal("z-image", said.own)
      end
      assert.equal("0", said["fork ended"])
      assert.equal("slow", said["parent task"])
      assert.equal("200000", said["parent download"])
      assert.equal("z-image", said["parent create"])
      assert.equal("true", said["parent close"])
      -- The parent never had to send anything again.
      local creates = way == "works on its own" and 4 or 3
      assert.equal(creates, #server:requests({ kind = "create" }))
      assert.equal(creates, server:billed())
      assert.equal(1, #server:requests({ kind = "file" }))
      assert.equal(0, server:stats().resets)
    end)
  end
end)
