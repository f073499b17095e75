-- The file in which a client keeps what it has learned about durations: read
-- whole, replaced in one step, and left alone when nothing changed.

local durations = require "liangxin.durations"
local live = require "spec.support.live"

describe("the durations file", function()
  local folder, remove, path

  before_each(function()
    folder, remove = live.folder()
    path = folder .. "durations"
  end)
  after_each(function()
    remove()
  end)

  local function write(text)
    local file = assert(io.open(path, "wb"))
    file:write(text)
    file:close()
  end

  local function names()
    local list = {}
    local pipe = io.popen("ls '" .. folder .. "'")
    for name in pipe:lines() do
      list[#list + 1] = name
    end
    pipe:close()
    return list
  end

  it("is nothing without a path, and when it is missing", function()
    assert.is_nil(durations.load(nil))
    assert.is_nil(durations.load(path))
  end)

  it("is read whole, with every byte", function()
    write("a\0b\r\nc")
    assert.equal("a\0b\r\nc", durations.load(path))
  end)

  it("is nothing when it is larger than 4 MB", function()
    write(("x"):rep(4 * 2 ^ 20))
    assert.equal(4 * 2 ^ 20, #durations.load(path))
    write(("x"):rep(4 * 2 ^ 20 + 1))
    assert.is_nil(durations.load(path))
  end)

  it("is replaced, and no other file stays", function()
    write("old")
    assert.is_true(durations.save(path, "new", "old"))
    assert.equal("new", live.read(path))
    assert.same({ "durations" }, names())
  end)

  it("is not written when there is no path, no text or nothing new", function()
    assert.is_true(durations.save(nil, "new"))
    assert.is_true(durations.save(path, nil, "old"))
    assert.is_true(durations.save(path, "same", "same"))
    assert.same({}, names())
  end)

  it("that cannot be written is an error that names it", function()
    path = folder .. "missing/durations"
    local ok, err = durations.save(path, "new")
    assert.is_nil(ok)
    assert.equal("file", err.kind)
    assert.truthy(err.message:find(path, 1, true))
  end)

  it("that cannot be replaced leaves no temporary file", function()
    assert.is_true(os.execute("mkdir '" .. path .. "'") and true)
    assert.is_nil((durations.save(path, "new")))
    assert.same({ "durations" }, names())
  end)

  it("carries what one client learned to the next", function()
    local service = live.start()
    local client = live.client(service, { durations = path })
    assert(client:generate("z-image", { prompt = "x" }))
    client:close()
    local learned = live.read(path)
    assert.truthy(learned:find("z-image", 1, true))
    local second = live.client(service, { durations = path })
    second:close()
    service.stop()
    assert.equal(learned, live.read(path))
  end)
end)
