-- liangxin.paint: an order becomes the bytes of a picture.

local paint = require("liangxin.paint").paint

local SMALL = { width = 64, height = 48, prompt = "a lighthouse", model = "m" }

local function with(changes)
  local order = {}
  for name, value in pairs(SMALL) do
    order[name] = value
  end
  for name, value in pairs(changes) do
    order[name] = value
  end
  return order
end

local function big_endian(text, at)
  local a, b, c, d = text:byte(at, at + 3)
  return ((a * 256 + b) * 256 + c) * 256 + d
end

describe("paint", function()
  it("gives a PNG of the size that was ordered", function()
    local bytes = paint(SMALL)
    assert.equal("\137PNG\r\n\26\n", bytes:sub(1, 8))
    assert.equal(64, big_endian(bytes, 17))
    assert.equal(48, big_endian(bytes, 21))
  end)

  it("gives JPEG and GIF", function()
    assert.equal("\255\216", paint(with({ format = "jpeg" })):sub(1, 2))
    assert.equal("GIF89a", paint(with({ format = "gif" })):sub(1, 6))
  end)

  it("paints the same for the same order, another for another seed", function()
    assert.equal(paint(SMALL), paint(SMALL))
    assert.are_not.equal(paint(SMALL), paint(with({ seed = 2 })))
  end)

  it("paints from references, given as bytes or as orders", function()
    local uri = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAf"
      .. "FcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    local edited = paint(with({ references = { { data_uri = uri }, SMALL } }))
    assert.are_not.equal(paint(SMALL), edited)
  end)

  it("stands every odd field", function()
    local odd = with({
      width = -1,
      height = 0 / 0,
      quality = "x",
      seed = -5,
      format = {},
      prompt = false,
      references = { 1, "x", { data_uri = "data:nothing" } },
    })
    assert.equal("\137PNG", paint(odd):sub(1, 4))
    assert.has_error(function()
      paint("no table")
    end)
  end)

  -- The sanitizers look at the arithmetic; a negative root was found here.
  it("paints every place in the smallest sizes", function()
    for _, prompt in ipairs({
      "mountain in the snow",
      "sea, a lighthouse",
      "forest in the rain",
      "city at night",
      "tea hills in the mist",
      "desert",
    }) do
      for _, side in ipairs({ 1, 2, 3, 16, 36 }) do
        local order = with({ prompt = prompt, width = side, height = 38 - side })
        assert.equal("\137PNG", paint(order):sub(1, 4))
      end
    end
  end)

  it("stops when it is cancelled, also by a function that raises", function()
    local asked = 0
    local function cancel()
      asked = asked + 1
      return asked > 3
    end
    assert.is_nil(paint(SMALL, cancel))
    assert.equal(4, asked)
    assert.is_nil(paint(SMALL, error))
    assert.is_string(paint(SMALL, function()
      return false
    end))
  end)
end)
