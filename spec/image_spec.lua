-- Local pictures in an input: what is sent byte for byte, what is refused before
-- anything is, what a file that changes does, what was billed, and how much
-- memory it takes.

local child = require("spec.support.child")
local fault_client = require("spec.support.fault_client")
local folders = require("spec.support.folder")
local json = require("spec.support.fault.json")
local liangxin = require("liangxin")
local mime = require("mime")
local quick = require("spec.support.quick")

local unpack = table.unpack or unpack -- luacheck: ignore 113

local MIB = 2 ^ 20
local MODEL = "nano-banana-pro"
-- The fault server reads requests of up to 16 MiB, and counts longer ones.
local ACCEPTED = '{"code":200,"msg":"ok","data":{"taskId":"task_1"}}'
local PNG = "\137PNG\r\n\26\n"
local PICTURES = {
  { "image/png", PNG .. "rest" },
  { "image/jpeg", "\255\216\255\224\0\16JFIF" },
  { "image/webp", "RIFF\4\0\0\0WEBPVP8 " },
  { "image/gif", "GIF89a" },
  { "image/bmp", "BM\60\0\0\0\0\0\0\0\54\0\0\0" },
}

local folder, fault

local function write(name, bytes)
  local path = folder .. "/" .. name
  local file = assert(io.open(path, "wb"))
  assert(file:write(bytes))
  file:close()
  return path
end

-- Bytes that are those of a PNG at first, and then no pattern of base64.
local function png(size, seed)
  local unit = {}
  for i = 1, 65521 do
    unit[i] = string.char((i * i + (seed or 7) * i) % 251)
  end
  local text = table.concat(unit)
  return (PNG .. text:rep(math.ceil(size / #text))):sub(1, size)
end

local function request_of(...)
  return { model = MODEL, input = { prompt = "secret words of a prompt", reference_images = { ... } } }
end

local function create(client, ...)
  return client:create(request_of(...), { watch = false })
end

local function uri(media_type, bytes)
  return "data:" .. media_type .. ";base64," .. (mime.b64(bytes) or "")
end

local function sent_urls(number)
  local request = fault:requests({ kind = "create" })[number or 1]
  assert.is_true(request.body_complete)
  assert.equal(tostring(request.body_bytes), fault_client.header(request, "Content-Length"))
  assert.is_nil(fault_client.header(request, "Transfer-Encoding"))
  return json.decode(request.body).input.reference_images
end

local function refused(task, err, part)
  assert.is_nil(task)
  assert.same({ "file", "no" }, { err.kind, err.charged }, tostring(err))
  assert.truthy(err.message:find(part, 1, true), err.message)
  assert.same({ creates = 0, queries = 0, billed = 0 }, quick.counts(fault))
end

local function same_bytes(want, got)
  assert.equal(#want, #got)
  assert.is_true(want == got, "other bytes of the same length")
end

describe("liangxin.image", function()
  fault = fault_client.serve()

  setup(function()
    folder = folders.new()
  end)

  teardown(function()
    folders.remove(folder)
  end)

  after_each(quick.close)

  describe("as it is sent", function()
    it("is the file as a data: URI, for every type", function()
      local client = quick.client(fault)
      for i, row in ipairs(PICTURES) do
        local task = assert(create(client, liangxin.image(write("p" .. i, row[2]))))
        assert.truthy(task.id)
        assert.same({ uri(row[1], row[2]) }, sent_urls(i))
      end
      assert.same({ creates = #PICTURES, queries = 0, billed = #PICTURES }, quick.counts(fault))
    end)

    it("is byte for byte the file at every length around a block's", function()
      local client, block, n = quick.client(fault), 96 * 1024, 0
      for _, size in ipairs({ 8, 9, 10, block - 1, block, block + 1, 2 * block, 2 * block + 2, 5000000 }) do
        local bytes = png(size)
        n = n + 1
        assert(create(client, liangxin.image(write("sized", bytes))))
        same_bytes(uri("image/png", bytes), sent_urls(n)[1])
      end
    end)

    it("may stand beside others, beside bytes, URLs and results", function()
      local client = quick.client(fault)
      local a, b = png(300000), png(250001, 3)
      local result = assert(client:generate("z-image", { prompt = "x" }))
      assert(create(client, liangxin.image(write("a", a)), "https://host/x.png", liangxin.image({ bytes = b }),
        result, liangxin.image({ path = folder .. "/a" })))
      local urls = sent_urls(2)
      assert.equal(5, #urls)
      same_bytes(uri("image/png", a), urls[1])
      assert.equal("https://host/x.png", urls[2])
      same_bytes(uri("image/png", b), urls[3])
      assert.equal(result.urls[1], urls[4])
      same_bytes(uri("image/png", a), urls[5])
    end)

    it("goes over TLS", function()
      local secure = fault_client.start({ tls = true })
      local client = quick.client(secure, { base_url = secure.tls_url, ca_file = secure.ca_file })
      local bytes = png(3000000)
      assert(create(client, liangxin.image(write("tls", bytes))))
      same_bytes(uri("image/png", bytes), json.decode(secure:requests()[1].body).input.reference_images[1])
      client:close()
      secure:stop()
    end)

    it("goes out again, and is read again, after a 429", function()
      local path, second = write("again", png(1000000)), png(900000, 5)
      fault:rule({ on = "create", status = 429, headers = { { "Retry-After", "1" } } })
      local client = quick.client(fault, {
        on_log = function(event)
          if event.status == 429 then
            write("again", second)
          end
        end,
      })
      assert(create(client, liangxin.image(path)))
      assert.same({ creates = 2, queries = 0, billed = 1 }, quick.counts(fault))
      same_bytes(uri("image/png", png(1000000)), sent_urls(1)[1])
      same_bytes(uri("image/png", second), sent_urls(2)[1])
    end)

    it("is followed by plain requests on the same connection", function()
      local client = quick.client(fault, { max_connections = 1 })
      assert(create(client, liangxin.image(write("first", png(200000)))))
      assert(create(client, "https://host/x.png"))
      assert.same({ "https://host/x.png" }, sent_urls(2))
      assert.equal(1, fault:stats().connections)
    end)
  end)

  describe("that cannot be sent", function()
    it("is refused before anything is", function()
      local client = quick.client(fault)
      local fifo_part = "no such file" -- of Windows, which has no pipes with a name in a folder
      if package.config:sub(1, 1) == "/" then
        os.execute("mkfifo '" .. folder .. "/fifo'")
        fifo_part = "a device, pipe or socket"
      end
      write("text", ("just words "):rep(100))
      write("empty", "")
      write("program", "\127ELF\2\1\1")
      write("clip", "\0\0\0\24ftypisom\0\0\2\0isomiso2")
      for name, part in pairs({
        missing = "no such file", fifo = fifo_part, [""] = "a folder",
        text = "like those of .txt", empty = "it is empty", program = "no PNG, JPEG", clip = ".mp4",
      }) do
        local task, err = create(client, liangxin.image(folder .. "/" .. name))
        refused(task, err, part)
        assert.truthy(err.message:find(folder, 1, true), err.message)
      end
      local task, err = create(client, liangxin.image({ bytes = "no picture" }))
      refused(task, err, "given as bytes")
    end)

    it("is refused by its size, which can be raised", function()
      local client = quick.client(fault)
      local path = write("large", png(20 * MIB + 1))
      local task, err = create(client, liangxin.image(path))
      refused(task, err, "max_bytes")
      assert.truthy(err.message:find(tostring(20971521), 1, true), err.message)
      task, err = create(client, liangxin.image({ bytes = png(1000), max_bytes = 999 }))
      refused(task, err, "max_bytes is 999")
      fault:rule({ on = "create", body = ACCEPTED })
      assert(create(client, liangxin.image({ path = path, max_bytes = 20 * MIB + 1 })))
      assert.equal(1, fault:billed())
    end)

    it("is refused where it would make the request too large", function()
      local path = write("many", png(16 * MIB))
      local list = {}
      for i = 1, 7 do
        list[i] = liangxin.image(path)
      end
      local task, err = create(quick.client(fault), unpack(list))
      refused(task, err, "128 MiB")
    end)

    it("is a mistake without a path or bytes", function()
      for _, given in ipairs({ 1, "", {}, { path = "a", bytes = "b" }, { bytes = 1 }, { file = "x" }, "a\0b",
        { path = "a", max_bytes = 0 } }) do
        assert.is_false(pcall(liangxin.image, given))
      end
      assert.is_false(pcall(liangxin.image))
    end)

    it("is a mistake 65 times, and a result without a URL is one", function()
      local client, list = quick.client(fault), {}
      for i = 1, 65 do
        list[i] = liangxin.image("x")
      end
      local ok, message = pcall(client.create, client, { model = MODEL, input = { reference_images = list } })
      assert.is_false(ok)
      assert.truthy(message:find("input.reference_images[65]: is one picture too many", 1, true), message)
      local result = setmetatable({ urls = {} }, require("liangxin.result").class)
      ok, message = pcall(create, client, result)
      assert.is_false(ok)
      assert.truthy(message:find("input.reference_images[1]: is a result without a URL", 1, true), message)
    end)
  end)

  describe("while it is sent", function()
    -- A create that stops in the midst of its body, as the server reads no more.
    local function begin(client, path)
      fault:rule({ on = "create", act = "hang", when = "after_headers", body = ACCEPTED })
      local job = client:spawn(create, client, liangxin.image(path))
      assert(fault:await("hanging", { at_least = 1 }))
      return job
    end

    local function changes(change)
      local path = write("changing", png(18 * MIB))
      local client = quick.client(fault)
      local job = begin(client, path)
      change(path)
      fault:release()
      local task, err = job:wait()
      assert.is_nil(task)
      assert.same({ "file", "no", true }, { err.kind, err.charged, err.retryable }, tostring(err))
      assert.truthy(err.message:find("changed before it was sent", 1, true), err.message)
      assert.truthy(err.message:find(path, 1, true))
      assert(fault:await("open_connections", { at_most = 0 }))
      assert.same({ creates = 1, queries = 0, billed = 0 }, quick.counts(fault))
      assert.is_false(fault:requests()[1].body_complete)
    end

    it("breaks the request off when the file becomes shorter", function()
      changes(function()
        write("changing", png(1000))
      end)
    end)

    it("breaks the request off when the file becomes longer", function()
      changes(function(path)
        local file = assert(io.open(path, "ab"))
        file:write("x")
        file:close()
      end)
    end)

    it("breaks the request off when other bytes are written", function()
      changes(function(path)
        local file = assert(io.open(path, "r+b"))
        file:seek("set", 17 * MIB)
        file:write("other")
        file:close()
      end)
    end)

    it("ends with the client's close", function()
      local client = quick.client(fault)
      local job = begin(client, write("closing", png(18 * MIB)))
      client:close()
      local task, err = job:wait()
      assert.is_nil(task)
      assert.equal("closed", err.kind)
      fault:release()
      assert(fault:await("open_connections", { at_most = 0 }))
      assert.equal(0, fault:billed())
    end)

    it("goes on, and its task is told, when nobody waits any more", function()
      local client = quick.client(fault)
      local job = begin(client, write("cancelled", png(18 * MIB)))
      job:cancel()
      local task, err = job:wait()
      assert.is_nil(task)
      assert.same({ "cancelled", "maybe" }, { err.kind, err.charged })
      fault:release()
      assert(fault:await("billed", { at_least = 1 }))
      for _ = 1, 100 do
        client:poll(0.1)
        if err.task_id then
          break
        end
      end
      assert.equal("task_1", err.task_id)
    end)
  end)

  describe("and the money", function()
    it("is sent once when the answer is lost", function()
      fault:rule({ on = "create", act = "reset", when = "after_read" })
      local task, err = create(quick.client(fault), liangxin.image(write("lost", png(2000000))))
      assert.is_nil(task)
      assert.same({ "outcome_unknown", "maybe", false }, { err.kind, err.charged, err.retryable })
      assert.equal(1, fault:stats().creates)
      local shown = (folder .. "/lost"):gsub("[\\/]", "\\%0")
      assert.truthy(err:report():find("<picture, 2000000 bytes, " .. shown .. ">", 1, true), err:report())
    end)

    it("is sent once when a connection that is used again dies", function()
      local client = quick.client(fault, { max_connections = 1 })
      assert(create(client, "https://host/x.png"))
      fault:rule({ only_on = "reused", act = "close", when = "after_headers", listener = "main" })
      local task, err = create(client, liangxin.image(write("dead", png(500000))))
      assert.is_nil(task)
      assert.equal("outcome_unknown", err.kind)
      assert.same({ creates = 2, queries = 0, billed = 1 }, quick.counts(fault))
    end)

    it("is told by a refusal that comes before its end", function()
      fault:rule({ on = "create", status = 413, early = 100000, body = '{"code":413,"msg":"too large"}' })
      local task, err = create(quick.client(fault), liangxin.image(write("413", png(18 * MIB))))
      assert.is_nil(task)
      assert.same({ "too_large", "no" }, { err.kind, err.charged }, tostring(err))
      assert.equal(0, fault:billed())
    end)
  end)

  describe("and what is shown", function()
    it("is its name, never its bytes", function()
      fault:rule({ on = "create", status = 422, body = json.encode({
        code = 422, msg = "bad picture: " .. uri("image/png", PNG .. "tell nobody"),
      }) })
      local path = write("tell", PNG .. "tell nobody")
      local _, err = create(quick.client(fault), liangxin.image(path), liangxin.image({ bytes = png(70) }))
      local shown = quick.shown(err)
      assert.equal("rejected", err.kind)
      assert.is_nil(shown:find(mime.b64(PNG .. "tell nobody"):sub(1, 24), 1, true), shown)
      assert.truthy(shown:find("19 bytes", 1, true), shown)
      assert.truthy(shown:find("<picture, 70 bytes>", 1, true), shown)
      assert.is_nil(shown:find("secret words", 1, true))
      assert.equal("<picture, " .. path .. ">", tostring(liangxin.image(path)))
    end)
  end)

  describe("and the answers", function()
    local SMALL = MIB / 4 -- the server is slow to take rules with long bodies

    local function echo(size)
      return ('{"code":200,"msg":"ok","data":{"taskId":"task_big","state":"success","param":"%s",'
        .. '"resultJson":"{\\"resultUrls\\":[\\"https://host/a.png\\"]}"}}'):format(("x"):rep(size))
    end

    it("may be larger by twice the request, of the create and of all queries", function()
      fault:rule({ on = "create", body = echo(5 * SMALL) })
      fault:rule({ on = "query", times = "always", body = echo(5 * SMALL) })
      local client = quick.client(fault, { max_body = SMALL })
      local path = write("echoed", png(2 * SMALL))
      local result = assert(client:generate(MODEL, { prompt = "x", reference_images = { liangxin.image(path) } }))
      assert.equal(5 * SMALL, #result.record.data.param)
      fault:rule({ on = "create", body = echo(10) })
      local task = assert(client:create(request_of(liangxin.image(path)), { watch = false }))
      assert(task:wait())
      assert.equal("bad_response", select(2, client:query("task_big")).kind)
    end)

    it("may not be larger than max_body for a small request", function()
      local client = quick.client(fault, { max_body = SMALL })
      local task = assert(create(client, "https://host/x.png"))
      fault:rule({ on = "query", body = echo(5 * SMALL) })
      local record, err = client:query(task.id)
      assert.is_nil(record)
      assert.truthy(err.message:find("max_body", 1, true), err.message)
    end)
  end)

  it("is a problem where data: URIs are not documented", function()
    local client = quick.client(fault, { validate = true })
    local picture = liangxin.image(write("valid", png(100)))
    assert(create(client, picture))
    local input = { prompt = "x", reference_images = { picture } }
    local _, err = client:create({ model = "seedream-v4-5-edit", input = input })
    assert.equal("invalid_request", err.kind)
    assert.truthy(err.message:find("input.reference_images[1] is a local picture: it must be an http(s) URL", 1, true),
      err.message)
    input.reference_images[1] = assert(client:generate("z-image", { prompt = "x", aspect_ratio = "1:1" }))
    assert(client:create({ model = "seedream-v4-5-edit", input = input }, { watch = false }))
    _, err = client:create({ model = "z-image", input = { prompt = picture } })
    assert.equal("invalid_request", err.kind)
  end)

  it("takes no memory that grows with it", function()
    if not child.can_start or package.loaded["jit.san"] then
      return
    end
    local path = write("heavy", png(20 * MIB))
    write("heavy.small", png(200000))
    fault:rule({ on = "create", times = "always", body = ACCEPTED })
    local grown = assert(child.start("spec/support/image_child.lua", { fault.base_url, path, 4 }))
    local lines = {}
    for line in function() return grown:line() end do
      lines[#lines + 1] = line
    end
    local text = table.concat(lines, "\n")
    assert.truthy(text:find("created%s+4"), text)
    local kb = tonumber(text:match("grown_kb%s+(%-?%d+)"))
    assert.is_true(kb < 8 * 1024, ("%d KiB more for 4 pictures of 20 MiB"):format(kb))
    assert.equal(5, fault:billed())
  end)
end)
