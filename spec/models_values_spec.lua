-- Questions about one value of an input.

local values = require("liangxin.models.values")
local null = require("liangxin").null

describe("a value", function()
  it("is absent when it is nil or JSON null", function()
    assert.is_true(values.is_absent(nil))
    assert.is_true(values.is_absent(null))
    assert.is_false(values.is_absent(false))
    assert.is_false(values.is_absent(""))
  end)

  it("is a list when its keys are 1 to n", function()
    assert.equal(0, values.list_length({}))
    assert.equal(2, values.list_length({ "a", "b" }))
    for _, other in ipairs({ { [2] = "b" }, { "a", x = 1 }, { [1.5] = 1 }, { [0] = 1 }, "text" }) do
      assert.is_nil(values.list_length(other))
    end
  end)

  it("is a number, an integer or seconds", function()
    assert.is_true(values.has_type("number", 1.5))
    assert.is_false(values.has_type("number", 0 / 0))
    assert.is_false(values.has_type("number", "1"))
    assert.is_true(values.has_type("integer", 2))
    assert.is_false(values.has_type("integer", 2.5))
    assert.is_false(values.has_type("integer", math.huge))
    assert.equal(5, values.seconds("5"))
    assert.equal(2.5, values.seconds("2.5"))
    for _, other in ipairs({ "5s", "-1", "", -1, true }) do
      assert.is_nil(values.seconds(other))
    end
  end)

  it("of a choice has one form", function()
    local spec = { enum = { "2K", "4K" }, aliases = { high = "4K", basic = "2K" } }
    assert.equal("4K", values.canonical(spec, "4K"))
    assert.equal("4K", values.canonical(spec, "high"))
    assert.is_nil(values.canonical(spec, "8K"))
    assert.equal("8K", values.canonical({}, "8K"))
    assert.same({ "2K", "4K", "basic", "high" }, values.accepted(spec))
  end)

  it("that is a text has a length in characters", function()
    local spec = { min_length = 2, max_length = 3 }
    assert.equal("min_length", values.broken_string_fact(spec, "茶"))
    assert.is_nil(values.broken_string_fact(spec, "茶茶茶"))
    assert.equal("max_length", values.broken_string_fact(spec, "茶茶茶茶"))
  end)

  it("that is a picture is a URL, or data where that is taken", function()
    local spec = { role = "image", suffixes = { ".png" } }
    assert.is_nil(values.broken_string_fact(spec, "https://host/a.PNG?sig=.jpg"))
    assert.equal("suffixes", values.broken_string_fact(spec, "https://host/a.gif"))
    assert.equal("local_path", values.broken_string_fact(spec, "/home/a.png"))
    assert.equal("local_path", values.broken_string_fact(spec, "file:///a.png"))
    assert.equal("local_path", values.broken_string_fact(spec, "C:\\a.png"))
    assert.equal("data_uri", values.broken_string_fact(spec, "data:image/png;base64,AA=="))
    spec.data_types = { "image/png" }
    assert.is_nil(values.broken_string_fact(spec, "data:image/png;base64,AA=="))
    assert.equal("suffixes", values.broken_string_fact(spec, "data:image/gif;base64,AA=="))
  end)
end)
