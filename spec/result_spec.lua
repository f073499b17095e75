-- Results: saving and fetching what the URLs name, and the names of files.

local live = require "spec.support.live"

describe("results", function()
  local service, client, folder, remove

  live.each(function(...)
    service, client = ...
  end)
  before_each(function()
    folder, remove = live.folder()
  end)
  after_each(function()
    remove()
  end)

  local function picture(prompt)
    return assert(client:generate("z-image", { prompt = prompt }))
  end

  it("are saved into a folder under the task's name", function()
    local result = picture("saved")
    for _, place in ipairs { folder, folder:sub(1, -2) } do
      local files = assert(result:save(place))
      assert.equal(1, #files)
      assert.equal(folder .. result.task_id .. "-1.png", files[1].path)
      assert.equal("image/png", files[1].content_type)
      local bytes = live.read(files[1].path)
      assert.equal(files[1].bytes, #bytes)
      assert.equal("\137PNG", bytes:sub(1, 4))
      assert.is_nil(live.read(files[1].path .. ".part"))
      os.remove(files[1].path)
    end
  end)

  it("are saved under a path, and overwrite only when asked", function()
    local result = picture("path")
    local path = folder .. "mine.png"
    assert.equal(path, assert(result:save(path))[1].path)
    local _, before = service.requests()
    local files, err = result:save(path)
    assert.is_nil(files)
    assert.equal("file", err.kind)
    assert.equal("yes", err.charged)
    assert.truthy(err.message:find("overwrite", 1, true))
    local _, after = service.requests()
    assert.equal(before.files, after.files)
    assert(result:save(path, { overwrite = true }))
  end)

  it("are fetched into memory", function()
    local bytes, content_type = picture("memory"):fetch(1)
    assert.equal("\137PNG", bytes:sub(1, 4))
    assert.equal("image/png", content_type)
  end)

  it("report their progress to the last byte", function()
    local last, whole
    local files = assert(picture("progress"):save(folder, {
      on_progress = function(bytes, total)
        last, whole = bytes, total
      end,
    }))
    assert.equal(files[1].bytes, last)
    assert.equal(files[1].bytes, whole)
  end)

  it("ask once for fresh URLs when theirs are dead", function()
    local result = picture("[gone] x")
    local queries = client:stats().queries
    local files = assert(result:save(folder))
    assert.equal(1, #files)
    assert.equal(queries + 1, client:stats().queries)
    assert(result:fetch())
  end)

  it("never send the key to where files are", function()
    assert(picture("no key"):save(folder))
    local _, counters = service.requests()
    assert.truthy(counters.files > 0)
    assert.equal(0, counters.files_with_key)
  end)

  it("say so when the folder cannot be made, before any request", function()
    local result = picture("nowhere")
    assert(io.open(folder .. "file", "w")):close()
    local _, before = service.requests()
    for _, place in ipairs { folder .. "file/deeper/", folder .. "file/x.png" } do
      local files, err = result:save(place)
      assert.is_nil(files)
      assert.equal("file", err.kind)
      assert.equal(result.task_id, err.task_id)
    end
    local _, after = service.requests()
    assert.equal(before.files, after.files)
  end)

  it("make all folders that are missing", function()
    local result = picture("made")
    local files = assert(result:save(folder .. "made/here/"))
    assert.equal(folder .. "made/here/" .. result.task_id .. "-1.png", files[1].path)
    assert.equal(folder .. "a/b/c.png", assert(result:save(folder .. "a/b/c.png"))[1].path)
  end)

  it("ask allow_download about each URL", function()
    local asked = {}
    local strict = live.client(service, {
      allow_download = function(url)
        asked[#asked + 1] = url
        return false
      end,
    })
    local result = assert(strict:generate("z-image", { prompt = "asked" }))
    local files, err = result:save(folder)
    assert.is_nil(files)
    assert.equal("download", err.kind)
    assert.same(result.urls, asked)
    assert.is_nil(err.message:find("token=", 1, true))
    strict:close()
  end)

  it("refuse more than max_bytes and leave nothing behind", function()
    local result = picture("large")
    local files, err = result:save(folder .. "x.png", { max_bytes = 100 })
    assert.is_nil(files)
    assert.equal("download", err.kind)
    assert.is_nil(live.read(folder .. "x.png"))
    assert.is_nil(live.read(folder .. "x.png.part"))
  end)

  it("raise on a programmer's mistakes", function()
    local result = picture("mistakes")
    assert.truthy(live.raised(result.save, result):find("must be a string", 1, true))
    assert.truthy(live.raised(result.save, folder):find("with a colon: result:save", 1, true))
    assert.truthy(live.raised(result.save, result, "a\0b"):find("control", 1, true))
    assert.truthy(live.raised(result.save, result, folder, { over_write = true })
      :find("did you mean 'overwrite'", 1, true))
    assert.truthy(live.raised(result.fetch, result, 2):find("index", 1, true))
    assert.truthy(live.raised(result.fetch, result, 1.5):find("index", 1, true))
  end)

  it("are not all there is to download", function()
    local result = picture("any url")
    local file = assert(client:download(result.urls[1], folder))
    assert.equal(folder .. result.task_id .. "-1.png", file.path)
    for _, url in ipairs { "ftp://127.0.0.1/x", "file:///etc/passwd", "x.png",
      "http://user:password@127.0.0.1/x" } do
      local saved, err = client:download(url, folder)
      assert.is_nil(saved)
      assert.equal("download", err.kind)
      assert.is_nil(err.message:find("password@", 1, true))
    end
  end)
end)
