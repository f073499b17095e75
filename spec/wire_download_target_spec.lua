-- Where the files of a download go: several at once, named by what the server
-- says, half of them, and none of it on the host's thread.

local fault_client = require("spec.support.fault_client")
local folders = require("spec.support.folder")
local live = require("spec.support.live")
local quick = require("spec.support.quick")

-- What Lua can ask of a file system.
local CALLS = {
  { os, "rename" }, { os, "remove" }, { os, "tmpname" }, { os, "execute" },
  { io, "open" }, { io, "lines" }, { io, "popen" },
}

describe("the target of a download", function()
  local fault = fault_client.serve()
  local client, folder, remove

  before_each(function()
    client = quick.client(fault)
    folder, remove = live.folder()
  end)

  after_each(function()
    quick.close()
    remove()
  end)

  -- A result with files of these names.
  local function result_of(...)
    local urls = {}
    for i, name in ipairs({ ... }) do
      urls[i] = fault.base_url .. "/files/" .. name
    end
    fault:make_task("t1", { urls = urls, polls_until_success = 0 })
    return assert(client:task("t1"):wait())
  end

  local function names(files)
    local out = {}
    for i, file in ipairs(files) do
      assert.equal(folder, file.path:sub(1, #folder))
      assert.equal(file.bytes, #live.read(file.path))
      out[i] = file.path:sub(#folder + 1)
    end
    return out
  end

  it("takes several files: a folder, which is made, and a path", function()
    fault:file("b.jpg", { content_type = "image/jpeg" })
    local result = result_of("a.png", "b.jpg", "c")
    assert.same({ "new/t1-1.png", "new/t1-2.jpg", "new/t1-3.png" }, names(assert(result:save(folder .. "new/"))))
    local files = assert(result:save(folder .. "x.tar.gif"))
    assert.same({ "x.tar.gif", "x.tar-2.gif", "x.tar-3.gif" }, names(files))
    assert.equal("the name ends in .gif, but the content is jpg", files[2].warning)
  end)

  for _, row in ipairs({
    { "image/webp", "webp", "webp" },
    { "image/png", "jpeg", "jpg" }, -- the label is wrong
    { "application/octet-stream", "mp4", "mp4" },
    { "text/html", "gif", "gif" },
    { "x/y", "none", "bin" },
  }) do
    local content_type, magic, extension = row[1], row[2], row[3]
    it(("is named by its bytes, not by its label: %s, %s"):format(content_type, magic), function()
      fault:file("c", { content_type = content_type, magic = magic })
      local url = fault.base_url .. "/files/c"
      local file = assert(client:download(url, folder))
      assert.same({ "c." .. extension }, names({ file }))
      assert.equal(content_type, file.content_type)
      local _, err = client:download(url, folder)
      assert.same({ "file", false }, { err.kind, err.retryable })
      assert.equal(file.path .. " exists already; give overwrite = true to replace it", err.message)
      assert(client:download(url, folder, { overwrite = true }))
      assert.same({ "c." .. extension }, names({ file }))
      assert.same({ "c." .. extension }, folders.list(folder))
    end)
  end

  it("may have a name beyond ASCII", function()
    local path = folder .. "\195\169.png"
    assert.equal(path, assert(client:download(fault.base_url .. "/files/c.png", path)).path)
    local _, err = client:download(fault.base_url .. "/files/c.png", path)
    assert.equal(path .. " exists already; give overwrite = true to replace it", err.message)
    assert(client:download(fault.base_url .. "/files/c.png", path, { overwrite = true }))
  end)

  it("has the separators of its system", function()
    local is_windows = package.config:sub(1, 1) == "\\"
    assert(client:download(fault.base_url .. "/files/c.png", folder .. "a\\b\\"))
    assert.same(is_windows and { "a" } or { "a\\b\\" }, folders.list(folder))
    if is_windows then
      assert.same({ "c.png" }, folders.list(folder .. "a/b"))
    end
  end)

  it("is asked for nothing when it has the file", function()
    local url = fault.base_url .. "/files/c.png"
    assert(client:download(url, folder))
    local _, err = client:download(url, folder)
    assert.same({ "file", false }, { err.kind, err.retryable })
    assert.equal(folder .. "c.png exists already; give overwrite = true to replace it", err.message)
    assert.equal(1, fault:stats().files)
  end)

  it("keeps the files of a save that failed half way for the next one", function()
    fault:rule({ on = "file", path = "/files/b", status = 404, times = "always" })
    local result = result_of("a.png", "b.png")
    local files, err = result:save(folder)
    assert.is_nil(files)
    assert.equal("expired", err.kind)
    assert.same({ "t1-1.png" }, names(err.files))
    fault:clear_rules()
    local before = fault:stats().files
    assert.same({ "t1-1.png", "t1-2.png" }, names(assert(result:save(folder:sub(1, -2)))))
    assert.equal(before + 1, fault:stats().files)
    local _, taken = result:save(folder)
    assert.equal("file", taken.kind)
  end)

  it("is not looked at on the host's thread", function()
    local result = result_of("a.png", "b")
    local kept = {}
    for i, call in ipairs(CALLS) do
      local library, name = call[1], call[2]
      kept[i] = library[name]
      library[name] = function()
        error(name .. " on the host's thread")
      end
    end
    local saved, problem = pcall(function()
      assert(client:download(result.urls[1], folder .. "x.png"))
      assert(client:download(result.urls[2], folder))
      assert(not client:download(result.urls[2], folder))
      assert(result:save(folder .. "new/"))
      assert(result:save(folder .. "no/no/"))
      assert(not result:save(folder .. "x.png/"))
    end)
    for i, call in ipairs(CALLS) do
      call[1][call[2]] = kept[i]
    end
    assert(saved, problem)
  end)
end)
