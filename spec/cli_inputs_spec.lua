-- What a person writes for a parameter, as the value that the model takes.

local folder = require("spec.support.folder")
local inputs = require("liangxin.cli.inputs")
local liangxin = require("liangxin")

describe("a parameter of the catalogue", function()
  for _, case in ipairs({
    { "z-image", "seed", "12", 12 },
    { "z-image", "seed", "4294967295", 4294967295 },
    { "z-image", "seed", "0x10", "0x10" },
    { "z-image", "seed", "abc", "abc" },
    { "z-image", "enable_safety_checker", "No", false },
    { "z-image", "enable_safety_checker", "true", true },
    { "z-image", "enable_safety_checker", "maybe", "maybe" },
    { "z-image", "prompt", "12", "12" },
    { "z-image", "prompt", "@@home", "@home" },
    { "z-image", "unknown", "1.5", 1.5 },
    { "z-image", "unknown", "1e3", 1000 },
    { "z-image", "unknown", "inf", "inf" },
    { "z-image", "unknown", "nan", "nan" },
    { "z-image", "unknown", "1e999", "1e999" },
    { "no-model", "flag", "false", false },
    { "no-model", "list", "[1, 2", "[1, 2" },
    { "no-model", "text", "", "" },
  }) do
    it(("%s of %s: %q"):format(case[2], case[1], case[3]), function()
      assert.same(case[4], inputs.convert(case[1], case[2], case[3]))
    end)
  end

  it("that takes a list is split, or is JSON, or is given again", function()
    local a, b = "https://h/a.png", "https://h/b.png"
    assert.same({ a, b }, inputs.convert("nano-banana-pro", "reference_images", a .. "|" .. b))
    assert.same({ a, b }, inputs.convert("nano-banana-pro", "reference_images", ('["%s","%s"]'):format(a, b)))
    local input = {}
    assert.is_true(inputs.put(input, "nano-banana-pro", "reference_images", a))
    assert.is_true(inputs.put(input, "nano-banana-pro", "reference_images", b))
    assert.same({ a, b }, input.reference_images)
    assert.is_true(inputs.put(input, "nano-banana-pro", "prompt", "x"))
    local ok, why = inputs.put(input, "nano-banana-pro", "prompt", "y")
    assert.is_nil(ok)
    assert.equal("input.prompt is given twice", why)
  end)
end)

describe("@file", function()
  local room, picture

  setup(function()
    room = folder.new()
    picture = room .. "/a.png"
    local file = assert(io.open(picture, "wb"))
    file:write("\137PNG\r\n\26\n")
    file:close()
  end)

  teardown(function()
    folder.remove(room)
  end)

  it("is a picture where one belongs, and where nothing is known", function()
    local mark = getmetatable(liangxin.image(picture))
    local list = inputs.convert("nano-banana-pro", "reference_images", "@" .. picture)
    assert.equal(mark, getmetatable(list[1]))
    assert.equal(mark, getmetatable(inputs.convert("no-model", "photo", "@" .. picture)))
    local adopted = inputs.adopt("nano-banana-pro", "reference_images", { "@" .. picture, "https://h/b.png" })
    assert.equal(mark, getmetatable(adopted[1]))
    assert.equal("https://h/b.png", adopted[2])
  end)

  it("is a text where one belongs", function()
    local path = room .. "/prompt.txt"
    local file = assert(io.open(path, "wb"))
    file:write("a tea house\nby a lake\r\n")
    file:close()
    assert.equal("a tea house\nby a lake", inputs.convert("z-image", "prompt", "@" .. path))
  end)

  it("must be there", function()
    local value, why = inputs.convert("nano-banana-pro", "reference_images", "@" .. room .. "/none.png")
    assert.is_nil(value)
    assert.matches("^input.reference_images: the file cannot be read: .*none.png", why)
    assert.is_nil((inputs.convert("no-model", "photo", "@" .. room)))
  end)
end)
