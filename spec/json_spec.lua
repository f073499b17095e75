-- Decoding answers on the host's thread, whatever the host does to lua-cjson and
-- to the locale.

local json = require "liangxin.json"

describe("json", function()
  it("decodes objects and lists, with null as a value of its own", function()
    local value = json.decode('{"a":[1,"x",null,true],"b":{}}')
    assert.equal("x", value.a[2])
    assert.equal(json.null, value.a[3])
    assert.is_true(value.a[4])
    assert.same({}, value.b)
  end)

  it("is nil for what is not JSON", function()
    for _, text in ipairs { "", "{", "{}x", "NaN", "Infinity", "0x10", ("["):rep(101) .. ("]"):rep(101) } do
      assert.is_nil(json.decode(text), text)
    end
  end)

  it("reads what is damaged, where it can be mended", function()
    assert.same({ a = 1 }, json.read('{"a":1}'))
    assert.same({ a = json.null }, json.read('\239\187\191{"a":NaN,} x'))
    assert.same({ "\239\191\189", "a\nb" }, json.read('["\255","a\nb"'))
    assert.same({ "\239\191\189" }, json.read('["\\ud83d"]'))
    for _, text in ipairs { "", "{", "<html>", '{"a":"b', "upstream timeout" } do
      assert.is_nil(json.read(text), text)
    end
  end)

  it("reads integers as integers, up to 2^53", function()
    local value = json.decode('{"time":1757584164490,"list":[3,-9007199254740992],"part":4.5}')
    assert.equal("1757584164490", ("%d"):format(value.time))
    assert.equal(-2 ^ 53, value.list[2])
    assert.equal(4.5, value.part)
    if math.type then
      assert.equal("integer", math.type(value.time))
      assert.equal("integer", math.type(value.list[1]))
      assert.equal("float", math.type(value.part))
    end
  end)

  it("does not change with the host's settings of lua-cjson", function()
    local cjson = require "cjson"
    cjson.decode_max_depth(1)
    local value = json.decode('{"a":{"b":{}}}')
    cjson.decode_max_depth(1000)
    assert.same({ a = { b = {} } }, value)
  end)

  it("reads a decimal point in every locale", function()
    local before = os.setlocale(nil, "numeric")
    assert.equal(4.5, json.decode("[4.5]")[1])
    for _, name in ipairs { "de_DE.UTF-8", "de_DE", "fr_FR.UTF-8" } do
      if os.setlocale(name, "numeric") then
        local value = json.decode("[4.5]")
        os.setlocale(before, "numeric")
        assert.equal(4.5, value[1])
      end
    end
  end)

  it("encodes what it decoded, and is nil for what JSON cannot hold", function()
    assert.same({ a = { 1, "x" } }, json.decode(json.encode { a = { 1, "x" } }))
    assert.is_nil(json.encode { f = print })
    assert.is_nil(json.encode { n = 0 / 0 })
  end)
end)
