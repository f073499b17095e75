-- Texts as they stand on a terminal.

local text = require("liangxin.cli.text")

describe("the columns of a text", function()
  for given, columns in pairs({
    [""] = 0,
    ["abc"] = 3,
    ["tëa"] = 3,
    ["te\204\136a"] = 3, -- a combining mark
    ["茶屋"] = 4,
    ["🎨"] = 2,
    ["\255\254"] = 2,
  }) do
    it("are counted: " .. text.clean(given), function()
      assert.equal(columns, text.width(given))
    end)
  end

  it("end where the room ends, never inside of a character", function()
    assert.equal("a tea house", text.cut("a tea house", 11))
    assert.equal("a tea h...", text.cut("a tea house", 10))
    assert.equal("茶...", text.cut("茶屋茶屋", 6))
    assert.equal("茶屋", text.cut("茶屋茶屋", 5))
    for room = 0, 20 do
      assert.is_true(text.width(text.cut("a 茶屋 by a läke 🎨🎨", room)) <= room)
    end
  end)

  it("are filled up", function()
    assert.equal("茶  |", text.pad("茶", 4) .. "|")
  end)
end)

describe("a text from outside", function()
  it("moves no cursor and turns no line", function()
    assert.equal("a  [31mb c", text.clean("a \27[31mb\r\nc"))
    assert.equal("a b", text.clean("a\194\155b"))
    assert.equal("a b", text.clean("a\226\128\174b"))
    assert.equal("a?b", text.clean("a\255b"))
    assert.equal("茶", text.clean("茶"))
  end)

  for given, position in pairs({
    ["abc"] = false,
    ["茶屋 ëå 🎨"] = false,
    ["ab\255"] = 3,
    ["\192\128"] = 1, -- overlong
    ["x\224\128\128"] = 2,
    ["\237\160\128"] = 1, -- half of a pair
    ["\244\144\128\128"] = 1, -- beyond the last
    ["ab\195"] = 3, -- cut
  }) do
    it("is UTF-8 or not: " .. text.clean(given), function()
      assert.equal(position or nil, text.find_invalid(given))
    end)
  end
end)

describe("a number", function()
  it("reads well", function()
    assert.equal("4 s", text.duration(3.6))
    assert.equal("1:00", text.duration(59.7))
    assert.equal("2:05", text.duration(125))
    assert.equal("1:02:30", text.duration(3750))
    assert.equal("8.5", text.number(8.5))
    assert.equal("120", text.number(120))
    assert.equal("0.001", text.number(0.001))
    assert.equal("0", text.number(0))
    assert.equal("1 file", text.count(1, "file"))
    assert.equal("0 files", text.count(0, "file"))
  end)
end)
