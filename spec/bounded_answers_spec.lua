-- No answer keeps the client's thread or grows without end. Bodies that are
-- packed: what is unpacked, asked for or not, and what is refused. gzip_thrice.bin is gzip in gzip
-- in gzip, 14 KB; the innermost is 3 GB of empty blocks, which unpack to
-- nothing and take half a minute. gzip_png.bin is the head of a PNG and 24 MiB
-- of zeros in 25 KB.

local fault_client = require("spec.support.fault_client")
local quick = require("spec.support.quick")

local function read(path)
  local file = assert(io.open(path, "rb"))
  local bytes = file:read("*a")
  file:close()
  return bytes
end

local THRICE = read("spec/data/gzip_thrice.bin")
local BOMB = { on = "file", status = 200, body = read("spec/data/gzip_png.bin"), content_type = "image/png",
  headers = { { "Content-Encoding", "gzip" } } }
local REQUEST = { model = "nano-banana", input = { prompt = "p" } }
local SOON_S = 20 -- of the half minute, or more on a loaded machine

local PACKINGS = {
  { "of the content", { { "Content-Encoding", "gzip, gzip, gzip" } } },
  { "of the content, in lines", { { "Content-Encoding", "gzip" }, { "Content-Encoding", "gzip, gzip" } } },
  { "of the transfer", { { "Transfer-Encoding", "gzip, gzip, gzip" } } },
}

describe("a packed body", function()
  local fault = fault_client.serve()

  local target

  before_each(function()
    target = os.tmpname()
    os.remove(target)
  end)

  after_each(function()
    quick.close()
    os.remove(target)
  end)

  local function thrice(on, headers)
    fault:rule({ on = on, status = 200, body = THRICE, headers = headers, times = "always", content_length = false })
  end

  for _, packing in ipairs(PACKINGS) do
    local name, headers = packing[1], packing[2]

    it("packed three times, " .. name .. ", is refused as the answer to a create", function()
      thrice("create", headers)
      local began = os.time()
      local task, err = quick.client(fault):create(REQUEST)
      assert.is_nil(task)
      assert.equal("outcome_unknown", err.kind)
      assert.equal("maybe", err.charged)
      assert.truthy(err.message:find("packed", 1, true), err.message)
      assert.equal(1, quick.counts(fault).creates)
      assert.truthy(os.time() - began < SOON_S)
    end)

    it("packed three times, " .. name .. ", is refused from a result's host", function()
      thrice("file", headers)
      local began = os.time()
      local file, err = quick.client(fault):download(fault.base_url .. "/files/result.png", target)
      assert.is_nil(file)
      assert.equal("download", err.kind)
      assert.truthy(err.message:find("packed", 1, true), err.message)
      assert.equal(1, #fault:requests({ kind = "file" }))
      assert.truthy(os.time() - began < SOON_S)
    end)

    it("packed three times, " .. name .. ", does not hold up close", function()
      thrice("any", headers)
      local client = quick.client(fault)
      client:spawn(function()
        client:download(fault.base_url .. "/files/result.png", target)
      end)
      client:spawn(function()
        client:create(REQUEST)
      end)
      while #fault:requests() < 2 do
        client:step()
      end
      local began = os.time()
      client:close()
      assert.truthy(os.time() - began < SOON_S)
    end)
  end

  it("is unpacked though nobody asked for it, and is the file", function()
    local client = quick.client(fault)
    assert(client:download(fault.base_url .. "/files/result.png", target))
    local plain = read(target)
    fault:rule({ on = "file", gzip = true })
    local saved = assert(client:download(fault.base_url .. "/files/result.png", target, { overwrite = true }))
    assert.equal(#plain, saved.bytes)
    assert.equal(plain, read(target))
  end)

  it("begins anew after a cut, for its bytes are not those of the file", function()
    fault:rule({ on = "file", gzip = true, cut_after = 40 })
    fault:rule({ on = "file", gzip = true })
    local saved = assert(quick.client(fault):download(fault.base_url .. "/files/result.png", target))
    assert.equal(saved.bytes, #read(target))
    local requests = fault:requests({ kind = "file" })
    assert.equal(2, #requests)
    for _, header in ipairs(requests[2].headers) do
      assert.are_not.equal("range", header[1]:lower())
    end
  end)

  it("is asked for again when it was damaged on the way", function()
    local client = quick.client(fault, { retry = { attempts = 3, base = 0.02, max = 0.02 } })
    fault:rule({ on = "file", gzip = { bad_crc = true } })
    local saved = assert(client:download(fault.base_url .. "/files/result.png", target))
    assert.equal(saved.bytes, #read(target))
    fault:rule({ on = "file", gzip = { bad_crc = true }, times = "always" })
    local file, err = client:download(fault.base_url .. "/files/other.png", target .. ".png")
    assert.is_nil(file)
    assert.equal("download", err.kind)
    assert.truthy(err.message:find("damaged on the way", 1, true), err.message)
    assert.is_nil(io.open(target .. ".png"))
  end)

  it("is held to max_bytes, unpacked", function()
    fault:rule(BOMB)
    local file, err = quick.client(fault):download(fault.base_url .. "/files/result.png", target,
      { max_bytes = 2 ^ 20 })
    assert.is_nil(file)
    assert.truthy(err.message:find("too large", 1, true), err.message)
  end)

  it("may not unpack to over a hundred times its size", function()
    fault:rule(BOMB)
    local file, err = quick.client(fault):download(fault.base_url .. "/files/result.png", target)
    assert.is_nil(file)
    assert.equal("download", err.kind)
    assert.truthy(err.message:find("a hundred times", 1, true), err.message)
    assert.equal(1, #fault:requests({ kind = "file" }))
  end)

  for _, coding in ipairs { "aws-chunked", "utf-8", "binary", "image/png", "gzip", "br" } do
    it("that only says so is taken as it is: " .. coding, function()
      fault:rule({ on = "file", headers = { { "Content-Encoding", coding } }, times = "always" })
      local saved = assert(quick.client(fault):download(fault.base_url .. "/files/result.png", target))
      assert.equal(4096, saved.bytes)
      assert.equal("\137PNG", read(target):sub(1, 4))
    end)
  end

  for _, coding in ipairs { "rot13", "gzip" } do
    it("in an unknown way is refused: " .. coding, function()
      fault:rule({
        on = "file", headers = { { "Content-Encoding", coding } }, times = "always", body = ("\1\2\3"):rep(100),
      })
      local file, err = quick.client(fault):download(fault.base_url .. "/files/result.png", target)
      assert.is_nil(file)
      assert.equal("download", err.kind)
    end)
  end
end)

describe("a head without an end", function()
  local fault = fault_client.serve()

  after_each(quick.close)

  it("is refused as the answer to a create, which may have been paid", function()
    fault:rule({
      on = "create",
      raw = "HTTP/1.1 200 OK\r\n" .. ("X-Filler: " .. ("x"):rep(1000) .. "\r\n"):rep(1000) .. "\r\n{}",
    })
    local task, err = quick.client(fault):create(REQUEST)
    assert.is_nil(task)
    assert.equal("outcome_unknown", err.kind)
    assert.truthy(err.message:find("head is too long", 1, true), err.message)
    assert.equal(1, quick.counts(fault).creates)
  end)
end)
