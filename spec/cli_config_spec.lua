-- The config file and the places of the key.

local cli = require("spec.support.cli")
local config = require("liangxin.cli.config")

local is_posix = package.config:sub(1, 1) == "/"
local it_runs = cli.has_shell and is_posix and it or pending

describe("the config file", function()
  local home, path

  before_each(function()
    home = cli.home()
    path = home.path .. "/config.lua"
  end)

  after_each(function()
    home:remove()
  end)

  local function load(text, mode)
    cli.write(path, text)
    if mode then
      os.execute("chmod " .. mode .. " " .. cli.quote(path))
    end
    return config.load(path)
  end

  it("is a table", function()
    local values = load('return { base_url = "https://a.example", prices = { ["z-image"] = 4 } }')
    assert.same({ base_url = "https://a.example", prices = { ["z-image"] = 4 } }, values)
  end)

  for text, why in pairs({
    ["return {"] = "unexpected symbol|expected",
    ["return 1"] = "must return a table",
    ["return { base_urll = '' }"] = "unknown name 'base_urll': did you mean 'base_url'?",
    ["return { base_url = 1 }"] = "base_url must be a string, not a number",
    ["return { base_url = os.getenv 'HOME' }"] = "nil value",
    ["\27Lua"] = "not a text",
  }) do
    it("is refused: " .. text:gsub("%c", "?"), function()
      local values, said = load(text)
      assert.is_nil(values)
      local is_said = false
      for part in why:gmatch("[^|]+") do
        is_said = is_said or said:find(part, 1, true) ~= nil
      end
      assert.is_true(is_said, said)
    end)
  end

  it("must be there where it is named, and need not where it is usual", function()
    assert.is_nil((config.load(path)))
  end)

  it_runs("may hold a key that only its owner can read", function()
    assert.equal("sk-secret", load("return { api_key = 'sk-secret' }", "600").api_key)
    for _, mode in ipairs({ "640", "604", "644", "660" }) do
      local values, said = load("return { api_key = 'sk-secret' }", mode)
      assert.is_nil(values)
      assert.matches("chmod 600 '" .. path .. "'", said, 1, true)
      assert.is_nil(said:find("sk-secret", 1, true))
    end
  end)

  it_runs("names a command that prints the key", function()
    assert.equal("sk-1", config.api_key({ api_key_command = "echo ' sk-1 '; echo more" }))
    local key, why = config.api_key({ api_key_command = "false" })
    assert.is_nil(key)
    assert.matches("printed no key: false", why, 1, true)
  end)

  it_runs("makes the folders of the data", function()
    assert.is_true(config.make_folders(home.path .. "/a/b/c"))
    assert.is_true(config.make_folders(home.path .. "/a/b/c"))
    local ok, why = config.make_folders(cli.write(path, "") .. "/b")
    assert.is_nil(ok)
    assert.is_string(why)
  end)
end)
