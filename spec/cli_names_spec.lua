-- How results are called.

local cli = require("spec.support.cli")
local folder = require("spec.support.folder")
local names = require("liangxin.cli.names")

describe("a template", function()
  for template, why in pairs({
    ["../{key}"] = "stays in the folder",
    ["a/../../{key}"] = "stays in the folder",
    ["./{key}"] = "stays in the folder",
    ["{key}/.."] = "stays in the folder",
    ["/tmp/{key}"] = "begins in the folder",
    ["~/{key}"] = "begins in the folder",
    ["C:{key}"] = "begins in the folder",
    ["a\\{key}"] = "begins in the folder",
    ["a//{key}"] = "stays in the folder",
    ["{key}/"] = "stays in the folder",
    [""] = "stays in the folder",
    ["{kye}"] = "there is no {kye}: did you mean {key}?",
    ["{zzz}"] = "there is no {zzz}; there are date, ext, key, model, n, prompt, seed, task_id",
    ["{key"] = "a brace that does not close",
    ["{ext}/{key}"] = "{ext} stands at the end",
  }) do
    it("is refused: " .. template, function()
      local ok, said = names.check(template)
      assert.is_nil(ok)
      assert.matches(why, said, 1, true)
    end)
  end

  for template, name in pairs({
    ["{key}-{n}.{ext}"] = "hero-1.*",
    ["{model}/{date}/{key}.{ext}"] = "z-image/2026-11-28/hero.*",
    ["{seed}.{key}.png"] = "7.hero.png",
    ["{task_id}"] = "none",
    ["{prompt}.{ext}"] = "a_tea_house.*",
  }) do
    it("is filled: " .. template, function()
      assert.is_true(names.check(template))
      assert.equal(name, names.fill(template,
        { key = "hero", model = "z-image", n = 1, seed = 7, date = "2026-11-28", prompt = "a tea house" }))
    end)
  end

  for value, name in pairs({
    ["a/b"] = "a_b-",
    ["../../etc/passwd"] = "etc_passwd-",
    ["..\\x"] = "x-",
    [".hidden"] = "hidden-",
    ["con"] = "_con-",
    ["LPT1.x"] = "_LPT1.x-",
    ["a\27[2J\nb"] = "a_[2J_b-",
    ["x. "] = "x-",
    ["..."] = "",
    [("y"):rep(150)] = ("y"):rep(100) .. "-",
    ["茶屋"] = "茶屋",
  }) do
    it("is safe with " .. value:gsub("%c", "?"):sub(1, 20), function()
      local filled = names.fill("{key}", { key = value })
      assert.equal(name, filled:sub(1, #name))
      assert.equal(name == value and "" or ("x"):rep(8), (filled:sub(#name + 1):gsub("%x", "x")))
    end)
  end

  it("makes two names of two keys", function()
    assert.not_equal(names.fill("{key}", { key = "a/b" }), names.fill("{key}", { key = "a_b" }))
    assert.not_equal(names.fill("{key}", { key = "a/b" }), names.fill("{key}", { key = "a:b" }))
  end)
end)

describe("a name", function()
  local room

  before_each(function()
    room = folder.new()
  end)

  after_each(function()
    folder.remove(room)
  end)

  it("is one that no file has, and that no other result is promised", function()
    local promised = {}
    cli.write(room .. "/a.jpg", "x")
    cli.write(room .. "/a-2.png", "x")
    assert.equal(room .. "/a-3.*", names.free(room .. "/a.*", promised))
    assert.equal(room .. "/a-4.*", names.free(room .. "/a.*", promised))
    assert.equal(room .. "/a.png", names.free(room .. "/a.png", promised))
    assert.equal(room .. "/a-2.jpg", names.free(room .. "/a.jpg", promised))
    assert.equal(room .. "/b", names.free(room .. "/b", promised))
    assert.equal(room .. "/b-2", names.free(room .. "/b", promised))
  end)
end)
