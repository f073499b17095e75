-- LuaJIT of before 2022-04-05 compiles next so that it may cut an address in half
-- (LuaJIT/LuaJIT#829): a program with many creates crashed now and then. So what
-- is compiled of the library has no next in it.

local request = require("liangxin.request")
local usage = require("liangxin.usage")

local CALLS = 2000
local SPEC = { watch = { "boolean", default = true }, key = { "text", 64 } }
local INPUTS = { { n = 1 }, { prompt = "a cat" }, { prompt = "a cat", resolution = "4K" }, {} }

local function work()
  for i = 1, CALLS do
    local input = INPUTS[i % #INPUTS + 1]
    request.learning_key("m", input)
    request.with(input, "callBackUrl", "https://example.com")
    usage.check_options({ key = "k" }, SPEC, "create")
  end
end

-- Compiled pieces, and how many of them call LuaJIT's next.
local function look(util, vmdef)
  local traces, with_next = 0, 0
  local trace = 0
  repeat
    trace = trace + 1
    local info = util.traceinfo(trace)
    traces = traces + (info and 1 or 0)
    for i = 1, info and info.nins or 0 do
      local _, kind, _, operand = util.traceir(trace, i)
      local op = 6 * math.floor(kind / 256)
      if vmdef.irnames:sub(op + 1, op + 4) == "CALL" and vmdef.ircall[operand] == "lj_vm_next" then
        with_next = with_next + 1
      end
    end
  until not info and trace > 4000
  return traces, with_next
end

describe("a LuaJIT that compiles next wrongly", function()
  it("compiles none of the library's", function()
    if not (jit and jit.status() and jit.version:find("beta", 1, true)) then
      return pending("for LuaJIT 2.1.0-beta3")
    end
    local util, vmdef = require("jit.util"), require("jit.vmdef")
    jit.flush()
    work()
    local traces, with_next = look(util, vmdef)
    assert.truthy(traces > 0)
    assert.equal(0, with_next)
  end)
end)
