-- The result files that the fault server makes up: their bytes, Range and
-- If-Range, and that a large one costs no memory.

local bytes = require("spec.support.fault.bytes")
local fault_client = require("spec.support.fault_client")
local raw_http = require("spec.support.raw_http")

local fault

local function connect()
  return assert(raw_http.connect(fault.base_url))
end

describe("the fault server's files", function()
  fault = fault_client.serve()

  local function fetch(name, headers, method)
    local connection = connect()
    local answer = assert(connection:ask(method or "GET", "/files/" .. name,
      nil, headers))
    connection:close()
    return answer
  end

  it("serves whole files with their magic", function()
    local answer = fetch("a.png")
    assert.equal(4096, #answer.body)
    assert.equal("\137PNG\r\n\26\n", answer.body:sub(1, 8))
    assert.equal(bytes.file("a.png", 4096).read(0, 4096), answer.body)
    assert.equal("image/png", answer.headers["content-type"])
    fault:file("b", { size = 10, content_type = "video/mp4" })
    assert.equal("\0\0\0\24ftypis", fetch("b").body)
    fault:file("c", { size = 15, magic = "html" })
    assert.equal("<!doctype html>", fetch("c").body)
    assert.equal("image/png", fetch("c").headers["content-type"])
    assert.not_equal(fetch("a.png").body, fetch("z.png").body)
  end)

  it("answers ranges", function()
    fault:file("f", { size = 100000 })
    local source = bytes.file("f", 100000)
    local cases = {
      { "bytes=0-9", "bytes 0-9/100000", 0, 10 },
      { "bytes=70000-70099", "bytes 70000-70099/100000", 70000, 100 },
      { "bytes=99990-", "bytes 99990-99999/100000", 99990, 10 },
      { "bytes=99990-999999", "bytes 99990-99999/100000", 99990, 10 },
      { "bytes=-5", "bytes 99995-99999/100000", 99995, 5 },
    }
    for _, case in ipairs(cases) do
      local answer = fetch("f", { "Range: " .. case[1] })
      assert.equal(206, answer.status)
      assert.equal(case[2], answer.headers["content-range"])
      assert.equal(source.read(case[3], case[4]), answer.body)
    end
    local beyond = fetch("f", { "Range: bytes=100000-" })
    assert.equal(416, beyond.status)
    assert.equal("bytes */100000", beyond.headers["content-range"])
    assert.equal(200, fetch("f", { "Range: bytes=1-2,5-6" }).status)
    fault:file("f", { size = 100000, ranges = false })
    assert.equal(200, fetch("f", { "Range: bytes=0-9" }).status)
  end)

  it("honours If-Range", function()
    local first = fetch("f")
    local function status(value)
      return fetch("f", { "Range: bytes=1-", "If-Range: " .. value }).status
    end
    assert.equal(206, status(first.headers.etag))
    assert.equal(206, status(first.headers["last-modified"]))
    assert.equal(200, status('"other"'))
    local old = first.headers.etag
    fault:file("f", { seed = "changed" })
    assert.equal(200, status(old))
    fault:file("f", { etag = 'W/"1"' })
    assert.equal(200, status('W/"1"'))
    fault:file("f", { etag = false, last_modified = false })
    assert.is_nil(fetch("f").headers.etag)
    assert.is_nil(fetch("f").headers["last-modified"])
  end)

  it("answers HEAD without a body", function()
    local connection = connect()
    connection:request("HEAD", "/files/a")
    assert.equal(4096, connection:head().headers["content-length"] + 0)
    assert.equal(404, connection:ask("GET", "/nothing").status)
    connection:close()
  end)

  it("holds nothing of a 300 MB file", function()
    local size = 300 * 1000 * 1000
    fault:file("big.mp4", { size = size, content_type = "video/mp4" })
    local source = bytes.file("big.mp4", size, "mp4")
    local connection = connect()
    connection:request("GET", "/files/big.mp4")
    connection:head()
    local got, step = 0, 1000 * 1000
    for offset = 0, size - step, step do
      local piece = connection:read(step)
      got = got + #piece
      assert.is_true(piece == source.read(offset, step))
    end
    assert.equal(size, got)
    assert.is_true(fault:stats().lua_kb < 4096)
    connection:close()
  end)
end)
