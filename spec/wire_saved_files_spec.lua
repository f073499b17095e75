-- What is saved as a picture or clip and what is refused, whatever the label
-- says; and that nothing else of the user's is touched on the way.

local fault_client = require("spec.support.fault_client")
local live = require("spec.support.live")
local quick = require("spec.support.quick")

local PNG = "\137PNG\r\n\26\n"

local function output_of(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("*a")
  pipe:close()
  return text
end

local function put(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

describe("a file that is saved", function()
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

  local function listed()
    return output_of(("cd '%s' && find . ! -name . | sort"):format(folder))
  end

  -- A result with these URLs; a name stands for a file of the server's.
  local function result_of(urls, id)
    for i, url in ipairs(urls) do
      urls[i] = url:find(":", 1, true) and url or fault.base_url .. "/files/" .. url
    end
    fault:make_task(id or "t1", { urls = urls, polls_until_success = 0 })
    return assert(client:task(id or "t1"):wait())
  end

  -- The server's next file is this text.
  local function answer(content_type, text)
    fault:rule({ on = "file", times = "always", body = text, content_type = content_type })
  end

  describe("is refused", function()
    for name, row in pairs({
      ["an ELF file, labelled image/png"] = { "image/png", "\127ELF\2\1\1" .. ("\0"):rep(60), "a program or script" },
      ["an ELF file without a label of use"] = {
        "application/octet-stream", "\127ELF\2\1\1" .. ("\0"):rep(60), "a program or script",
      },
      ["a shell script, labelled image/png"] = { "image/png", "#!/bin/sh\necho\n", "a program or script" },
      ["ten letters, labelled video/mp4"] = { "video/mp4", "tenletters", "a page or message" },
      ["bytes of no kind, labelled image/webp"] = { "image/webp", "\1\2\3\4\5\6\7\8", "bytes of no known kind" },
      ["bytes of no kind, without a label of use"] = {
        "application/octet-stream", "\1\2\3\4\5\6\7\8", "bytes of no known kind", -- the URL promises a PNG
      },
      ["an SVG with a script"] = { "image/svg+xml", "<svg><script>alert(1)</script></svg>", "an SVG with a script" },
      ["an SVG with an event attribute, far behind"] = {
        "image/svg+xml", "<svg>" .. ("<g/>"):rep(200) .. "<g onload = 'x'/></svg>", "an SVG with a script",
      },
    }) do
      it(name, function()
        answer(row[1], row[2])
        local result = result_of({ "a.png" })
        for _, get in ipairs({
          function() return result:save(folder) end,
          function() return result:save(folder .. "x.png") end,
          function() return result:fetch() end,
        }) do
          local got, err = get()
          assert.is_nil(got)
          assert.same({ "download", "yes", "t1" }, { err.kind, err.charged, err.task_id })
          assert.truthy(err.message:find(row[3], 1, true), err.message)
          assert.equal("", listed())
        end
      end)
    end
  end)

  describe("is recognised by its bytes", function()
    for extension, text in pairs({
      png = PNG .. "x", jpg = "\255\216\255\224", webp = "RIFF\1\0\0\0WEBPVP8 ", gif = "GIF89a\1\0",
      avif = "\0\0\0\24ftypavif", heic = "\0\0\0\24ftypheic", bmp = "BM\60\0\0\0\0\0\0\0", tiff = "II*\0\8",
      svg = "<svg xmlns='http://www.w3.org/2000/svg'/>", mp4 = "\0\0\0\24ftypisom", mov = "\0\0\0\20ftypqt  ",
      webm = "\26\69\223\163\159\66\130\132webm", mkv = "\26\69\223\163\159\66\130\136matroska",
    }) do
      it("whatever its label: " .. extension, function()
        answer("text/plain", text)
        local result = result_of({ "a.html" })
        assert.equal(folder .. "t1-1." .. extension, assert(result:save(folder))[1].path)
        assert.equal(text, live.read(folder .. "t1-1." .. extension))
        assert.equal(text, (result:fetch()))
      end)
    end

    it("and its name is told to be wrong where it is", function()
      fault:file("a", { content_type = "image/jpeg" })
      local result = result_of({ "a" })
      local files = assert(result:save(folder .. "x.png"))
      assert.equal("the name ends in .png, but the content is jpg", files[1].warning)
      assert.is_nil(assert(result:save(folder .. "x.jpeg"))[1].warning)
      assert.is_nil(assert(result:save(folder .. "x"))[1].warning)
      assert.is_nil(assert(result:save(folder))[1].warning)
    end)
  end)

  it("has a name of its own for each id", function()
    local long = ("x"):rep(150)
    local names = {}
    for i, id in ipairs({ long .. "a", long .. "b", "a b", "a/b", "a_b" }) do
      local result = result_of({ i .. ".png" }, id)
      names[assert(result:save(folder, { overwrite = true }))[1].path] = true
    end
    local count = 0
    for path in pairs(names) do
      count = count + 1
      assert.truthy(live.read(path))
    end
    assert.equal(5, count)
  end)

  it("never takes the place of what is no regular file", function()
    local result = result_of({ "a.png" })
    assert(os.execute(("mkfifo '%sfifo' && mkdir '%sfolder.png' && ln -s '%sx' '%slink'"):gsub("%%s", folder)))
    put(folder .. "x", "precious")
    local before = listed()
    for _, overwrite in ipairs({ true, false }) do
      for name, words in pairs({ fifo = "a device, pipe or socket", link = "a symbolic link" }) do
        local files, err = result:save(folder .. name, { overwrite = overwrite })
        assert.is_nil(files)
        assert.same({ "file", "yes" }, { err.kind, err.charged })
        assert.truthy(err.message:find(words, 1, true), err.message)
      end
    end
    assert.equal(before, listed())
    assert.equal("precious", live.read(folder .. "x"))
  end)

  it("leaves the user's own parts alone, and none of its own", function()
    put(folder .. "x.png.part", "precious")
    put(folder .. "y", "linked")
    assert(os.execute(("ln '%sy' '%sz.png.part'"):gsub("%%s", folder)))
    fault:file("a.png", { size = 300000 })
    fault:rule({ on = "file", act = "hang", when = "after_answer_bytes", bytes = 200000 })
    local result = result_of({ "a.png" })
    local job = client:spawn(function()
      return result:save(folder .. "x.png")
    end)
    assert(fault:await("hanging", { at_least = 1 }))
    job:cancel()
    fault:release()
    assert(result:save(folder .. "x.png", { overwrite = true }))
    assert(result:save(folder .. "z.png"))
    assert.equal("precious", live.read(folder .. "x.png.part"))
    assert.equal("linked", live.read(folder .. "z.png.part"))
    assert.equal("linked", live.read(folder .. "y"))
    client:close()
    assert.equal("./x.png\n./x.png.part\n./y\n./z.png\n./z.png.part\n", listed())
  end)

  it("may come in a data: URL", function()
    local data = "data:image/png;base64,iVBORw0KGgp4"
    local result = result_of({ data, "b.png" })
    assert.equal(PNG .. "x", (result:fetch(1)))
    local files = assert(result:save(folder))
    assert.equal(folder .. "t1-1.png", files[1].path)
    assert.same({ 9, "image/png" }, { files[1].bytes, files[1].content_type })
    assert.equal(PNG .. "x", live.read(files[1].path))
    assert.equal(folder .. "download.png", assert(client:download(data, folder)).path)
    local _, err = client:download("data:image/png;base64,####", folder .. "y")
    assert.same({ "download", "no" }, { err.kind, err.charged })
    assert.truthy(err.message:find("cannot be decoded", 1, true), err.message)
    _, err = client:download("data:image/png;base64,iVBORw0KGgp4", folder .. "y", { max_bytes = 8 })
    assert.truthy(err.message:find("too large", 1, true), err.message)
  end)

  it("goes to the user's own folder with ~/, and with ~ alone", function()
    local child = require("spec.support.child")
    local program = ([[
      local client = require("liangxin").new({ base_url = %q, api_key = "k" })
      print(assert(client:download(%q, "~/a/b/x.png")).path)
      print(assert(client:download(%q, "~")).path)
      client:close()
    ]]):format(fault.base_url, fault.base_url .. "/files/a.png", fault.base_url .. "/files/b.png")
    put(folder .. "program.lua", program)
    local run = child.start(folder .. "program.lua", {}, { env = { HOME = folder } })
    assert.equal(folder .. "a/b/x.png", run:line())
    assert.equal(folder .. "b.png", run:line())
    assert.is_nil(run:line())
    run.pipe:close()
    assert.truthy(live.read(folder .. "a/b/x.png"))
  end)

  it("is no matter of a task where no task gave the URL", function()
    fault:rule({ on = "file", times = "always", status = 404 })
    local _, err = client:download(fault.base_url .. "/files/a.png", folder)
    assert.same({ "expired", "no", "the URL is dead (HTTP 404)" }, { err.kind, err.charged, err.message })
    assert.is_nil(err.task_id)
    assert.equal(1, fault:stats().files)
  end)
end)
