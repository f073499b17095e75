-- The modules of stores as Lua sees them; what they do is tested in spec/c/store.

local STORES = {
  { module = "liangxin.store.sqlite", name = "SQLite", version = "^3%.%d+%.%d+$" },
  { module = "liangxin.store.postgres", name = "PostgreSQL", version = "^%d+%.%d+$" },
}

for _, row in ipairs(STORES) do
  describe(row.module, function()
    local function load()
      package.loaded[row.module] = nil
      return require(row.module)
    end

    it("names what it is, and hands over a box for the core", function()
      local store = load()
      assert.equal(row.name, store.name)
      assert.matches(row.version, store.version)
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
end
