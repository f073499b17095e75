-- A programmer's mistake is shown at the programmer's line, also where a host
-- holds the library as strings under names of its own, or none.

local child = require("spec.support.child")

-- Preloads every module from a string; %s is the chunk's name.
local PRELOAD = [[
local load = rawget(_G, "loadstring") or load
local function preload(name, path)
  local file = io.open(path, "rb")
  if not file then
    return
  end
  local text = file:read("*a")
  file:close()
  package.preload[name] = assert(load(text, %s))
end
for path in io.popen("find lua/liangxin -name '*.lua'"):lines() do
  local name = path:match("^lua/(.*)%%.lua$"):gsub("/", "."):gsub("%%.init$", "")
  preload(name, path)
end
package.path = ""
]]

local MISTAKES = [[
local liangxin = require("liangxin")
local client = liangxin.new({ base_url = "http://127.0.0.1:1", api_key = "k" })
local function show(fn, ...)
  print(select(2, pcall(fn, ...)))
end
show(function() client:create({ model = "m" }) end)
show(function() client:wait_any({}) end)
show(function() client:map({}, 1) end)
show(function() liangxin.new({ base_url = 1 }) end)
show(function() liangxin.models.validate(1) end)
client:spawn(function() show(function() client:step() end) end)
client:close()
show(function() client:sleep(1) end)
]]

local LINES = { 6, 7, 8, 9, 10, 11, 13 }

local function run(prelude)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(prelude:gsub("\n", " "), "\n", MISTAKES)
  file:close()
  local lines = {}
  local process = child.start(path)
  for line in process.line, process do
    lines[#lines + 1] = line
  end
  os.remove(path)
  return path, lines
end

local function check(prelude)
  local path, lines = run(prelude)
  for i, number in ipairs(LINES) do
    local expected = ("%s:%d: "):format(path, number + 1)
    assert.equal(expected, tostring(lines[i]):sub(1, #expected), table.concat(lines, "\n"))
  end
end

describe("a mistake", function()
  local it_runs = child.can_start and it or pending

  it_runs("is shown at its line, with the library's files", function()
    check("")
  end)

  it_runs("is shown at its line, with preloaded strings called =liangxin.<module>", function()
    check(PRELOAD:format('"=" .. name'))
  end)

  it_runs("is shown at its line, with preloaded strings without a name", function()
    check(PRELOAD:format("nil"))
  end)

  it_runs("is shown at its line, with preloaded strings that share a name", function()
    check(PRELOAD:format('"=bundle"'))
  end)

  it("in a function that a program adds to the module is the program's", function()
    local liangxin = require("liangxin")
    rawset(liangxin, "added_by_a_spec", function()
      liangxin.new(1)
    end)
    local _, message = pcall(liangxin.added_by_a_spec)
    liangxin.added_by_a_spec = nil
    assert.truthy(message:find("^%S*sources_spec.lua:%d+: "), message)
  end)
end)
