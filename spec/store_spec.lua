-- The modules of stores as Lua sees them; what they do is tested in spec/c/store.

describe("liangxin.store.sqlite", function()
  local function load()
    package.loaded["liangxin.store.sqlite"] = nil
    return require("liangxin.store.sqlite")
  end

  it("names what it is, and hands over a box for the core", function()
    local store = load()
    assert.equal("SQLite", store.name)
    assert.matches("^3%.%d+%.%d+$", store.version)
    assert.equal("userdata", type(store.store))
    assert.is_table(getmetatable(store.store))
  end)

  it("may be loaded again, and collected", function()
    local first = load().store
    local second = load().store
    assert.equal(getmetatable(first), getmetatable(second))
    first, second = nil, nil -- luacheck: ignore 311
    collectgarbage()
    collectgarbage()
    assert.is_userdata(load().store)
  end)
end)
