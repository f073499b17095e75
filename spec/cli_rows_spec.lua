-- The rows of a batch: what spreadsheets and programs write, and what is wrong
-- with it, by its place.

local cli = require("spec.support.cli")
local rows = require("liangxin.cli.rows")

-- All rows of a text, with what is wrong in between as texts.
local function read(text, options)
  local path = cli.write(os.tmpname(), text)
  local file = assert(io.open(path, "rb"))
  local reader = rows.new(file, options or { format = "csv", model = "z-image" })
  local found = {}
  for row, why in function() return reader:step() end do
    found[#found + 1] = row or ("%s: %s"):format(reader:place(reader.number), why)
  end
  file:close()
  os.remove(path)
  return found
end

local function prompts(text, options)
  local found = read(text, options)
  for i, row in ipairs(found) do
    found[i] = type(row) == "table" and row.input.prompt or row
  end
  return found
end

describe("a table", function()
  for name, text in pairs({
    ["with LF"] = "key,prompt\na,one\nb,two\n",
    ["with CRLF"] = "key,prompt\r\na,one\r\nb,two\r\n",
    ["with CR"] = "key,prompt\ra,one\rb,two\r",
    ["without an end of its last line"] = "key,prompt\na,one\nb,two",
    ["with a byte order mark"] = "\239\187\191key,prompt\na,one\nb,two\n",
    ["with quotes"] = '"key","prompt"\n"a","one"\n"b","two"\n',
    ["with empty lines"] = "\nkey,prompt\n\na,one\n\n\nb,two\n\n",
    ["with semicolons"] = "key;prompt\na;one\nb;two\n",
    ["with spaces around its names"] = " key , prompt \na,one\nb,two\n",
  }) do
    it("is read: " .. name, function()
      local found = read(text)
      assert.equal(2, #found)
      assert.same({ "a", "one" }, { found[1].key, found[1].input.prompt })
      assert.same({ "b", "two" }, { found[2].key, found[2].input.prompt })
    end)
  end

  it("has separators, line ends and quotes inside of quotes", function()
    assert.same({ 'a, "b"\nc', "d" }, prompts('prompt,seed\n"a, ""b""\r\nc",1\nd,2\n'))
  end)

  it("has tabs in TSV, and commas are nothing there", function()
    assert.same({ "a, b" }, prompts("prompt\tseed\na, b\t1\n", { format = "tsv", model = "z-image" }))
  end)

  it("gives each parameter its type", function()
    local row = read("model,prompt,seed,enable_safety_checker,output_format\nz-image,007,7,no,\n")[1]
    assert.same({ prompt = "007", seed = 7, enable_safety_checker = false }, row.input)
    assert.equal("z-image", row.model)
    row = read("model,prompt,size,deep,list\nno-such-model,x,12,true,\"[1,2]\"\n")[1]
    assert.same({ prompt = "x", size = 12, deep = true, list = { 1, 2 } }, row.input)
  end)

  for text, why in pairs({
    ["prompt\na\n\"b"] = "row 3: a quote that does not close",
    ['prompt\n"a"b\n'] = "row 2: a quote closes a field before its end",
    ['prompt\n5" screen, a "b"\n'] = "row 2: a quote inside of a field without quotes",
    ["prompt,seed\na\n"] = "row 2: it has 1 column, the header has 2",
    ["prompt,seed\na,1,2\n"] = "row 2: it has 3 columns, the header has 2",
    ["prompt,prompt\na,b\n"] = "row 1: there are two columns \"prompt\"",
    ["prompt,\na,b\n"] = "row 1: column 2 has no name",
    ["prompt\n\255\n"] = "row 2: byte 1 is no UTF-8",
    ["prompt\na\0b\n"] = "row 2: holds a NUL byte",
    ["\255\254p\0"] = "row 1: the file is UTF-16",
    ["key,prompt\na,x\na,y\n"] = "row 3: key \"a\" stands in row 2, too",
    ["prompt\n" .. ("x"):rep(2 ^ 20 + 1)] = "row 2: longer than 1 MiB",
    ["prompt\n\"" .. ("xxxx\n"):rep(300000)] = "row 2: longer than 1 MiB",
    ["model,prompt,reference_images\nnano-banana-pro,a,@no/such.png\n"] =
      "row 2: input.reference_images: the file cannot be read",
  }) do
    it("is refused: " .. why, function()
      local found = read(text)
      local said = found[#found]
      assert.is_string(said)
      assert.matches(why, said, 1, true)
    end)
  end

  it("goes on behind a row that is wrong", function()
    local found = read("prompt,seed\na\nb,1\n\255,1\nc,2\n")
    assert.equal("row 2", found[1]:match("^row %d+"))
    assert.equal("b", found[2].input.prompt)
    assert.equal("row 4", found[3]:match("^row %d+"))
    assert.equal("c", found[4].input.prompt)
  end)

  it("wants a model", function()
    assert.matches("row 2: no model", read("prompt\na\n", { format = "csv" })[1])
  end)
end)

describe("a row without a key", function()
  it("gets a hash of what it says, and its occurrence", function()
    local found = read("prompt,seed\na,1\nb,1\na,1\n")
    local first, number = found[1].key:match("^(%x+)%-(%d+)$")
    assert.equal("1", number)
    assert.equal(first .. "-2", found[3].key)
    assert.not_equal(first .. "-1", found[2].key)
    -- the order of columns and rows is nothing
    local again = read("seed,prompt\n1,b\n1,a\n")
    assert.equal(found[1].key, again[2].key)
    assert.equal(found[2].key, again[1].key)
  end)
end)

describe("JSON lines", function()
  local options = { format = "jsonl", model = "z-image" }

  it("are read, members as they are", function()
    local found = read('{"prompt":"a","seed":4294967295,"key":7}\r\n\n{"model":"m","input":{"prompt":"b","x":[1]}}',
      options)
    assert.same({ prompt = "a", seed = 4294967295 }, found[1].input)
    assert.equal("7", found[1].key)
    assert.equal("m", found[2].model)
    assert.same({ prompt = "b", x = { 1 } }, found[2].input)
    assert.same({ prompt = "a" }, read('{"prompt":"a","seed":null}', options)[1].input)
  end)

  for line, why in pairs({
    ["{"] = "line 1: no JSON",
    ["[1]"] = "line 1: it must be a JSON object",
    ["7"] = "line 1: it must be a JSON object",
    ['{"model":7}'] = "line 1: model must be a text",
    ['{"prompt":"\255"}'] = "line 1: byte 12 is no UTF-8",
  }) do
    it("are refused: " .. why, function()
      assert.matches(why, read(line, options)[1], 1, true)
    end)
  end
end)

describe("a large file", function()
  it("is streamed", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "wb"))
    file:write("key,prompt\n")
    for i = 1, 100000 do
      file:write(i, ',"a ""tea"" house, number ', i, '"\r\n')
    end
    file:close()
    file = assert(io.open(path, "rb"))
    local reader, count = rows.new(file, { format = "csv", model = "z-image" }), 0
    for row in function() return reader:step() end do
      count = count + 1
      if row.number % 10000 == 0 then
        assert.equal(('a "tea" house, number %d'):format(row.number - 1), row.input.prompt)
      end
    end
    assert.equal(100000, count)
    file:close()
    os.remove(path)
  end)
end)
