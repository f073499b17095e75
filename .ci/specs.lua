-- A busted output handler for .ci/test: says what failed and why, and appends
-- one line for each test to the file named by SPEC_RESULTS as it ends, so that
-- what had passed is known when the process dies.
local busted = require "busted"
local pretty = require "pl.pretty"

local function full_name(element)
  local names = {}
  while element and element.descriptor ~= "suite" do
    table.insert(names, 1, element.name or element.descriptor)
    element = busted.parent(element)
  end
  return table.concat(names, " > ")
end

local function show(word, element, message, trace)
  if message ~= nil and type(message) ~= "string" then
    local own = getmetatable(message)
    own = own and own.__tostring
    message = own and tostring(message) or pretty.write(message)
  end
  io.write(word, ": ", full_name(element), "\n")
  io.write("    ", ((message or "no message"):gsub("\n", "\n    ")), "\n")
  if trace and trace.traceback then
    io.write("    ", (trace.traceback:gsub("\n", "\n    ")), "\n")
  end
  io.flush()
end

return function()
  local handler = {}

  local path = assert(os.getenv("SPEC_RESULTS"), "SPEC_RESULTS is not set")
  local function record(word)
    local file = assert(io.open(path, "ab"))
    file:write(word, "\n")
    file:close()
  end

  local function on_test_end(_, _, status)
    record(status == "success" and "passed"
      or status == "pending" and "pending" or "failed")
    return nil, true
  end

  local function on_trouble(word)
    return function(element, _, message, trace)
      show(word, element, message, trace)
      if element.descriptor ~= "it" then
        record("failed") -- a file or a set-up, which no test end reports
      end
      return nil, true
    end
  end

  function handler.subscribe()
    busted.subscribe({ "test", "end" }, on_test_end)
    busted.subscribe({ "failure" }, on_trouble("FAILED"))
    busted.subscribe({ "error" }, on_trouble("ERROR"))
    busted.subscribe({ "suite", "end" }, function()
      record("finished")
      return nil, true
    end)
  end

  return handler
end
