-- lua-cjson is loaded at its first use: the client works without it up to
-- record.data. Both kinds of it in use: Debian's (2.1.0) and OpenResty's, which
-- has marks for arrays.

local cjson = require("cjson")
local child = require("spec.support.child")
local core = require("liangxin.core")
local fault_client = require("spec.support.fault_client")
local live = require("spec.support.live")

-- What a program does that has no lua-cjson: lua PROGRAM BASE_URL FOLDER.
local WITHOUT = [[
package.preload.cjson = function() error("no lua-cjson here", 0) end
local liangxin = require("liangxin")
local client = liangxin.new({ base_url = (...), api_key = "k", retry = { attempts = 1 } })
local function say(name, ...) print(name .. ": " .. tostring((...))) end
local result = assert(client:generate("z-image", { prompt = "a private tea house", list = liangxin.array() }))
say("saved", assert(result:save(select(2, ...)))[1].path)
say("state", result.record.state)
say("null", type(liangxin.null))
say("data", select(2, pcall(function() return result.record.data end)))
local _, refused = client:create({ model = "z-image", input = { prompt = "a private tea house" } })
say("error", refused)
say("report", (refused:report():gsub("\n", " ")))
client:close()
]]

local function run(program, ...)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(program)
  file:close()
  local status, text = child.run(path, { ... })
  os.remove(path)
  local said = {}
  for name, value in text:gmatch("(%a+): ([^\n]*)") do
    said[name] = said[name] or value
  end
  return status, said, text, path
end

describe("without lua-cjson", function()
  local server = fault_client.serve()
  local it_runs = child.can_start and it or pending

  it_runs("tasks are created, waited for and saved; record.data says what to install", function()
    local folder = live.folder()
    server:rule({ on = "create", times = 1, script = { polls_until_success = 1 } })
    server:rule({
      on = "create", times = 1, status = 422,
      body = '{"code":422,"msg":"a private tea house is not allowed"}',
    })
    local status, said, text, path = run(WITHOUT, server.base_url, folder)
    assert.equal(0, status, text)
    assert.truthy(live.read(said.saved), text)
    assert.equal("success", said.state)
    assert.equal("userdata", said.null)
    assert.truthy(said.data:find(path .. ":9: reading record.data needs lua-cjson", 1, true), said.data)
    assert.truthy(said.data:find("luarocks install lua-cjson): no lua-cjson here", 1, true), said.data)
    assert.truthy(said.report:find("request: <%d+ bytes>"), said.report)
    assert.is_nil((said.error .. said.report):find("private", 1, true), text)
    local sent = server:requests({ kind = "create" })[1]
    assert.truthy(sent.body:find('"list":[]', 1, true), sent.body)
  end)
end)

describe("lua-cjson's marks", function()
  local kept = {}
  local FIELDS = { "array_mt", "empty_array_mt", "empty_array" }

  before_each(function()
    for _, name in ipairs(FIELDS) do
      kept[name] = rawget(cjson, name)
    end
  end)

  after_each(function()
    for _, name in ipairs(FIELDS) do
      rawset(cjson, name, kept[name])
    end
  end)

  it("make arrays of empty tables, from whichever of its modules is loaded", function()
    local mark = {}
    for _, name in ipairs({ "array_mt", "empty_array_mt" }) do
      rawset(cjson, name, mark)
      assert.equal("[]", core.encode(setmetatable({}, mark)), name)
      rawset(cjson, name, nil)
    end
    assert.equal("{}", core.encode(setmetatable({}, mark)))
    local safe = package.loaded["cjson.safe"]
    package.loaded["cjson.safe"] = { array_mt = mark }
    local text = core.encode(setmetatable({}, mark))
    package.loaded["cjson.safe"] = safe
    assert.equal("[]", text)
  end)

  it("are told from null", function()
    assert.equal("null", core.encode(cjson.null))
    assert.equal(cjson.null, core.null)
  end)

  -- Debian has the fork in Neovim alone, where spec/hosts/nvim.lua tries it.
  local it_is_fork = cjson.empty_array and it or pending
  it_is_fork("are those of OpenResty's lua-cjson (skipped here: Neovim's is tried by make hosts)", function()
    assert.equal("[]", core.encode(cjson.empty_array))
    assert.equal("[]", core.encode(setmetatable({}, cjson.array_mt)))
    assert.equal("[]", core.encode(setmetatable({}, cjson.empty_array_mt)))
  end)
end)
