-- The file in which a client keeps what it has learned about durations: read
-- whole, replaced in one step, and left alone when nothing changed.

local folders = require "spec.support.folder"
local lfs = require "lfs"
local durations = require "liangxin.durations"
local live = require "spec.support.live"

local URL = "https://api.example.com"

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
    return folders.list(folder)
  end

  it("is nothing without a path, and when it is missing", function()
    assert.is_nil(durations.load(nil, URL))
    assert.is_nil(durations.load(path, URL))
  end)

  it("has a part for each base_url", function()
    assert.is_true(durations.save(path, URL, "a\nb"))
    assert.is_true(durations.save(path, "https://other.example.com", "c"))
    assert.equal("a\nb", durations.load(path, URL))
    assert.equal("c", durations.load(path, "https://other.example.com"))
    assert.is_nil(durations.load(path, "https://third.example.com"))
  end)

  it("without a base_url, as before there were parts, counts for none", function()
    write('{"models":[\n{"name":"m"}]}\n')
    assert.is_nil(durations.load(path, URL))
  end)

  it("keeps a service's part however many sandboxes come", function()
    assert.is_true(durations.save(path, URL, "service"))
    for port = 1, 20 do
      assert.is_true(durations.save(path, "http://127.0.0.1:" .. port, "sandbox"))
    end
    assert.equal("service", durations.load(path, URL))
    assert.is_nil(durations.load(path, "http://127.0.0.1:1"))
    for i = 1, 20 do
      assert.is_true(durations.save(path, ("https://%d.example.com"):format(i), "x"))
    end
    assert.is_nil(durations.load(path, URL))
  end)

  it("is nothing when it is larger than 4 MB", function()
    local head = "# " .. URL .. "\n"
    write(head .. ("x"):rep(4 * 2 ^ 20 - #head))
    assert.equal(4 * 2 ^ 20 - #head, #durations.load(path, URL))
    write(head .. ("x"):rep(4 * 2 ^ 20))
    assert.is_nil(durations.load(path, URL))
  end)

  it("is replaced, and no other file stays", function()
    assert.is_true(durations.save(path, URL, "old"))
    assert.is_true(durations.save(path, URL, "new", "old"))
    assert.equal("# https://api.example.com\nnew\n", live.read(path))
    assert.same({ "durations" }, names())
  end)

  it("is not written when there is no path, no text or nothing new", function()
    assert.is_true(durations.save(nil, URL, "new"))
    assert.is_true(durations.save(path, URL, nil, "old"))
    assert.is_true(durations.save(path, URL, "same", "same"))
    assert.same({}, names())
  end)

  it("that cannot be written is an error that names it", function()
    path = folder .. "missing/durations"
    local ok, err = durations.save(path, URL, "new")
    assert.is_nil(ok)
    assert.equal("file", err.kind)
    assert.truthy(err.message:find(path, 1, true))
  end)

  it("that cannot be replaced leaves no temporary file", function()
    assert(lfs.mkdir(path))
    assert.is_nil((durations.save(path, URL, "new")))
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

  it("that one service's client wrote is not another's", function()
    local service, other = live.start(), live.start()
    local client = live.client(service, { durations = path })
    assert(client:generate("z-image", { prompt = "x" }))
    client:close()
    local second = live.client(other, { durations = path })
    assert.same({}, second:stats().durations)
    second:close()
    assert.is_nil(durations.load(path, other.base_url))
    assert.truthy(durations.load(path, service.base_url):find("z-image", 1, true))
    service.stop()
    other.stop()
  end)

  it("that cannot be written is told by close, and on stderr", function()
    local service = live.start()
    local client = live.client(service, { durations = folder .. "missing/durations" })
    assert(client:generate("z-image", { prompt = "x" }))
    local written, stderr = {}, io.stderr
    io.stderr = { write = function(_, ...) -- luacheck: ignore
      written[#written + 1] = table.concat({ ... })
    end }
    local kept, err = client:close()
    io.stderr = stderr -- luacheck: ignore
    service.stop()
    assert.is_nil(kept)
    assert.equal("file", err.kind)
    assert.truthy(table.concat(written):find("cannot keep the durations in", 1, true))
  end)
end)
