-- Which pictures a request names.

local references = require("liangxin.sandbox.references")

describe("the pictures of a request", function()
  local ROW = {
    parameters = {
      { name = "prompt", role = "text" },
      { name = "image", role = "image" },
      { name = "images", role = "image" },
      { name = "elements", item = { fields = { { name = "front", role = "image" }, { name = "name" } } } },
    },
  }

  it("stand in texts, lists and lists of objects, in the row's order", function()
    assert.same({ "a", "b", "c", "d" }, references.urls(ROW, {
      prompt = "p", image = "a", images = { "b", "c" },
      elements = { { front = "d", name = "n" }, "no object" },
    }))
  end)

  it("are none where nothing is given, or nothing of the right shape", function()
    assert.same({}, references.urls(ROW, {}))
    assert.same({}, references.urls(ROW, { image = 5, images = { 1, {} }, elements = "x" }))
  end)

  it("are at most 16", function()
    local many = {}
    for i = 1, 30 do
      many[i] = tostring(i)
    end
    assert.equal(16, #references.urls(ROW, { images = many }))
  end)
end)
