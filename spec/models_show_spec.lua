-- Values inside messages: one line, and nothing private.

local show = require("liangxin.models.show")

describe("a value in a message", function()
  it("is one line", function()
    assert.equal('"a\\10b"', show.value("a\nb"))
    assert.equal("NaN", show.value(0 / 0))
    assert.equal("-infinity", show.value(-math.huge))
    assert.equal("missing", show.value(nil))
    assert.equal("a table", show.value({}))
    assert.equal("true", show.value(true))
  end)

  it("that is a prompt is named by its length, in characters", function()
    assert.equal("a text of 1 character", show.value("茶", "text"))
    assert.equal("a text of 3 characters", show.value("tea", "text"))
  end)

  it("that is a URL loses its user and its query", function()
    assert.equal('"https://host/a.png" with a query', show.value("https://u:p@host/a.png?token=secret"))
    assert.equal('"https://host/a.png"', show.value("https://host/a.png"))
  end)

  it("that is a data URI loses its data", function()
    assert.equal("a data URI of image/png, 26 bytes", show.value("data:image/png;base64,AAA="))
    assert.equal("a data URI of no type, 6 bytes", show.value("data:,"))
  end)

  it("is cut at a character", function()
    assert.equal('"' .. ("茶"):rep(19) .. '..." (30 characters)', show.value(("茶"):rep(30)))
  end)

  it("in a list reads as in a sentence", function()
    assert.equal("", show.names({}, "and"))
    assert.equal("a", show.names({ "a" }, "and"))
    assert.equal("a, b and c", show.names({ "a", "b", "c" }, "and"))
    assert.equal('"a" or "b"', show.choice({ "a", "b" }))
  end)
end)
