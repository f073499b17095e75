-- A job's error is never swallowed: what no step, wait or close could raise is
-- written to stderr at the end of the program.

local child = require("spec.support.child")

local PROGRAM = [[
local liangxin = require("liangxin")
local client = liangxin.new({ base_url = "http://127.0.0.1:1", api_key = "k" })
local job = client:spawn(function()
  error("the kettle is empty")
end)
%s
]]

local function run(rest)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(PROGRAM:format(rest))
  file:close()
  local lines = {}
  local process = child.start(path)
  for line in process.line, process do
    lines[#lines + 1] = line
  end
  os.remove(path)
  return table.concat(lines, "\n")
end

describe("the error of a job", function()
  local it_runs = child.can_start and it or pending

  it_runs("is told at the end of a program that never looked", function()
    local said = run("")
    assert.truthy(said:find("nobody waited for it: .*the kettle is empty"))
  end)

  it_runs("is told when the client is dropped", function()
    local said = run("client, job = nil, nil; collectgarbage(); collectgarbage(); io.stderr:write('later')")
    assert.truthy(said:find("the kettle is empty.*later"))
  end)

  it_runs("is not told again to a program that saw it", function()
    assert.falsy(run("pcall(job.wait, job)"):find("kettle"))
    assert.falsy(run("pcall(client.close, client)"):find("kettle"))
  end)
end)
