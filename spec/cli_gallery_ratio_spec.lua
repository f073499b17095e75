-- The ratio of a picture, from the bytes of its file.

local paint = require("liangxin.paint").paint
local ratio = require("liangxin.cli.gallery.ratio")

describe("the ratio of a picture", function()
  local path

  before_each(function()
    path = os.tmpname()
  end)

  after_each(function()
    os.remove(path)
  end)

  local function of(bytes)
    local file = assert(io.open(path, "wb"))
    file:write(bytes)
    file:close()
    return ratio.of(path)
  end

  for _, format in ipairs({ "png", "gif", "jpeg" }) do
    it("is known of " .. format, function()
      assert.equal(96 / 54, of(paint({ width = 96, height = 54, prompt = "a hill", model = "m", format = format })))
    end)
  end

  it("is known of a JPEG with other parts in front", function()
    local bytes = paint({ width = 54, height = 96, prompt = "a hill", model = "m", format = "jpeg" })
    local part = "\255\225\64\0" .. ("\255\192"):rep(0x1FFF)
    assert.equal(54 / 96, of(bytes:sub(1, 2) .. part .. "\255" .. bytes:sub(3)))
  end)

  it("is known of each form of WebP", function()
    assert.equal(2, of("RIFF\0\0\0\0WEBPVP8X\10\0\0\0\0\0\0\0\199\0\0\99\0\0"))
    assert.equal(2, of("RIFF\0\0\0\0WEBPVP8 \10\0\0\0\0\0\0\157\1\42\200\0\100\0"))
    assert.equal(2, of("RIFF\0\0\0\0WEBPVP8L\10\0\0\0\47\199\192\24\0"))
  end)

  it("is unknown of what is cut off, empty or no picture", function()
    for _, bytes in ipairs({
      "", "GIF89a", "\137PNG\r\n\26\n", "\255\216", "\255\216\255\225\0\0\255\217", "RIFF\0\0\0\0WEBP", "text",
      "RIFF\0\0\0\0WEBPVP8?\0\0\0\0\0", ("\255"):rep(64), "\255\216" .. ("\255"):rep(64),
    }) do
      assert.is_nil(of(bytes))
    end
    assert.is_nil(ratio.of(path .. "/none"))
  end)
end)
