-- Stands in for the sandbox where it cannot be built, for want of its
-- libraries: one that the starter runs beside this process.

local remote = require("spec.support.wine.remote")

local sandbox = {}

--- As the sandbox's own.
function sandbox.start(options)
  local connection = remote.connect()
  local box, err = remote.ask(connection, { op = "sandbox", options = options })
  if not box then
    connection:close()
    return nil, err
  end
  for _, name in ipairs({ "requests", "counters", "reset" }) do
    box[name] = function()
      return remote.ask(connection, { op = name })
    end
  end
  function box.stop()
    remote.ask(connection, { op = "stop" })
  end
  return box
end

return sandbox
