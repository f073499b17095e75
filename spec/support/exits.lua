-- exits.lua: processes that exit in every way with HTTPS in flight. Loaded by
-- the spec and the benchmark, which start them, and by exit_child.lua, which is
-- them.

local child = require("spec.support.child")
local folders = require("spec.support.folder")

local exits = {}

-- How a process ends, and what its exit status has to be. `leave` runs in the
-- child once everything is in flight; `signal` is sent to it while it waits.
exits.WAYS = {
  { name = "os.exit(0)", status = 0, leave = function()
    os.exit(0)
  end },
  { name = "os.exit(0, true)", status = 0, leave = function()
    os.exit(0, true)
  end },
  { name = "os.exit(1)", status = 1, leave = function()
    os.exit(1)
  end },
  { name = "os.exit(0) in a job", status = 0, leave = function(client)
    client:run(function()
      client:sleep(0)
      os.exit(0)
    end)
  end },
  { name = "os.exit(0, true) in a callback", status = 0, leave = function(client)
    client:generate("z-image", { prompt = "a kite" }, {
      on_created = function()
        os.exit(0, true)
      end,
    })
  end },
  { name = "error", status = 1, leave = function()
    error("on purpose")
  end },
  { name = "error in a job", status = 1, leave = function(client)
    client:run(function()
      client:sleep(0)
      error("on purpose")
    end)
  end },
  { name = "end of script", status = 0, leave = function() end },
  { name = "end of script, closed", status = 0, closes = true, leave = function() end },
  { name = "SIGTERM in a wait", status = 128 + 15, signal = "TERM", leave = function(_, task)
    task:wait()
  end },
  { name = "SIGINT in a wait", status = 1, signal = "INT", leave = function(_, task)
    task:wait()
  end },
}

--- Make a fault server with TLS ready for the children.
function exits.prepare(server)
  server:service({ polls_until_success = 1000000000 })
  server:rule({ on = "create", path = "/hang", act = "hang", times = "always" })
  server:rule({
    on = "file", times = "always", body = "\137PNG\r\n\26\n", body_size = 1000000,
    drip = { bytes = 4096, every_s = 0.002 }, content_type = "image/png",
  })
end

--- Run one process that ends the way `way` says: its exit status and output.
function exits.run(server, way)
  local folder = folders.new()
  local process = child.start("spec/support/exit_child.lua", {
    way.name, server.tls_url, server.tls_hang_url, server.ca_file, folder,
  }, { env = { LIANGXIN_API_KEY = "sk-exits" } })
  local said = {}
  for line in function() return process:line() end do
    if line == "in flight" then
      if way.signal then
        process:kill(way.signal)
      end
    else
      said[#said + 1] = line
    end
  end
  process.pipe:close()
  folders.remove(folder)
  return process.status, table.concat(said, "\n")
end

return exits
