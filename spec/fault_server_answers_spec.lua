-- The answers that a rule can make the fault server give, looked at over raw
-- sockets: their heads, lengths, chunks, packing, and the way they arrive.

local fault_client = require("spec.support.fault_client")
local raw_http = require("spec.support.raw_http")
local socket = require("socket")

local CREATE = "/api/v1/jobs/createTask"
local BODY = '{"model":"z-image","input":{"prompt":"x"}}'

local fault

local function connect()
  return assert(raw_http.connect(fault.base_url))
end

-- A connection on which a create was just sent.
local function created()
  local connection = connect()
  connection:request("POST", CREATE, BODY)
  return connection
end

local function through_gzip(text)
  local name = os.tmpname()
  local file = assert(io.open(name, "wb"))
  file:write(text)
  file:close()
  local pipe = assert(io.popen("gzip -dc < '" .. name .. "' 2>&1", "r"))
  local plain = pipe:read("*a")
  pipe:close()
  os.remove(name)
  return plain
end

describe("the fault server's answers", function()
  fault = fault_client.serve()

  local function answer_to(rule, keep)
    fault:rule(rule)
    local connection = created()
    local answer = connection:answer()
    if keep then
      return answer, connection
    end
    connection:close()
    return answer
  end

  it("say what the rule says", function()
    local answer = answer_to({
      status = 429, reason = "Slow down", body = "b\0\255",
      headers = { { "Retry-After", "7" }, { "X", "1" }, { "X", "2" },
        { "content-type", "text/plain" } },
    })
    assert.equal(429, answer.status)
    assert.equal("Slow down", answer.reason)
    assert.equal("b\0\255", answer.body)
    assert.same({
      { "Content-Length", "3" }, { "Retry-After", "7" }, { "X", "1" },
      { "X", "2" }, { "content-type", "text/plain" },
    }, answer.header_list)
    assert.same({ { "Content-Length", "0" } },
      answer_to({ body = "", content_type = false }).header_list)
    assert.equal('{"code":503,"msg":"scripted 503","data":null}',
      answer_to({ status = 503 }).body)
    assert.is_nil(answer_to({ headers = { { "Content-Type", false } } })
      .headers["content-type"])
    local empty = answer_to({ status = 204 }).headers
    assert.is_nil(empty["content-length"])
  end)

  it("are raw when they are to be", function()
    local answer = answer_to({ raw = fault_client.wire("t21.http") })
    assert.equal(429, answer.status)
    assert.same({ { "Content-Length", "0" } }, answer.header_list)
  end)

  it("stay open, or end as stated", function()
    local cases = {
      { {}, "open" },
      { { http_version = "1.0" }, "fin", "close" },
      { { close_after = "announced" }, "fin", "close" },
      { { close_after = "silent" }, "fin" },
      { { content_length = 500 }, "fin" },
      { { content_length = 500, close_after = false }, "open" },
      { { content_length = 1 }, "data" },
      { { content_length = false }, "fin", "close" },
      { { chunked = true }, "open" },
    }
    for _, case in ipairs(cases) do
      fault:rule(case[1])
      local connection = created()
      local head = connection:head()
      local length = tonumber(head.headers["content-length"])
      assert.equal(case[3], head.headers.connection)
      if length == 500 then
        connection:read(55)
      elseif head.headers["transfer-encoding"] then
        connection:read(#"37\r\n" + 55 + #"\r\n0\r\n\r\n")
      else
        connection:read(length or 55)
      end
      -- LuaSocket may hold the surplus of a short length already.
      local has_more = connection.raw:dirty()
      assert.equal(case[2], has_more and "data" or connection:ending(0.05))
      connection:close()
    end
  end)

  it("come as HTTP/1.0", function()
    assert.equal("1.0", answer_to({ http_version = "1.0" }).version)
  end)

  it("come in chunks", function()
    local rule = { body = "hello chunks", chunked = { size = 5 } }
    local answer = answer_to(rule)
    assert.equal("hello chunks", answer.body)
    assert.is_true(answer.is_whole)
    assert.is_nil(answer.headers["content-length"])
  end)

  it("come in broken chunks", function()
    local good = "5\r\nhello\r\n"
    local cases = {
      bad_size = good .. "zz\r\nnot a chunk\r\n",
      huge_size = good .. "ffffffffffffffffff\r\nfar too long\r\n",
      short = good .. "f\r\n chun",
      no_crlf = good .. "5\r\n chun0\r\n\r\n",
      no_end = good,
    }
    for name, body in pairs(cases) do
      fault:rule({ body = "hello chunks",
        chunked = { size = 5, fault = name } })
      local connection = created()
      connection:head()
      assert.equal(body, connection:rest())
      connection:close()
    end
  end)

  it("come packed", function()
    local answer = answer_to({ gzip = true, body = "plain" })
    assert.equal("gzip", answer.headers["content-encoding"])
    assert.equal("plain", through_gzip(answer.body))
    local big = ("0123456789"):rep(20000)
    answer = answer_to({ gzip = true, body = big })
    assert.equal(big, through_gzip(answer.body))
    answer = answer_to({ gzip = { bad_crc = true }, body = "plain" })
    assert.truthy(through_gzip(answer.body):find("crc error", 1, true))
  end)

  it("come as a bomb", function()
    for _, size in ipairs({ 1, 258, 259, 2065, 5000, 10000000 }) do
      local answer = answer_to({ gzip = { bomb_bytes = size } })
      local plain = through_gzip(answer.body)
      assert.is_true(plain == ("A"):rep(size))
      assert.is_true(#answer.body < size / 150 + 300)
    end
  end)

  it("come in drops", function()
    local began = socket.gettime()
    local answer = answer_to({ drip = { bytes = 20, every_s = 0.05 } })
    assert.equal(55, #answer.body)
    assert.is_true(socket.gettime() - began >= 0.1)
    answer = answer_to({ drip = { bytes = 1, every_s = 0, head = true } })
    assert.equal(55, #answer.body)
  end)

  it("come late", function()
    local began = socket.gettime()
    assert.equal(200, answer_to({ delay_s = 0.1 }).status)
    assert.is_true(socket.gettime() - began >= 0.1)
  end)

  it("come after others", function()
    local answer = answer_to({ informational = { 100, 102, 103 } })
    assert.same({ 100, 102, 103 }, answer.informational)
    assert.equal(200, answer.status)
  end)

  it("point elsewhere", function()
    local answer = answer_to({ redirect = "other" })
    assert.equal(302, answer.status)
    assert.equal(fault.other_url .. CREATE, answer.headers.location)
    answer = answer_to({ redirect = "file:///x", status = 307 })
    assert.equal(307, answer.status)
    assert.equal("file:///x", answer.headers.location)
    assert.not_equal(fault.base_url, fault.other_url)
  end)

  it("are as large as stated, and held nowhere", function()
    fault:rule({ body = "0123456789", body_size = 100000000 })
    local connection = created()
    local length = connection:head().headers["content-length"]
    assert.equal("100000000", length)
    for _ = 1, 100 do
      assert.is_true(connection:read(1000000) == ("0123456789"):rep(100000))
    end
    assert.is_true(fault:stats().lua_kb < 4096)
    connection:close()
  end)

  it("come before the request is read", function()
    fault:rule({ status = 413, body = fault_client.wire("t23.html"),
      content_type = "text/html", early = 65536 })
    local connection = connect()
    connection:send("POST " .. CREATE .. " HTTP/1.1\r\n"
      .. "Content-Length: 5000000\r\n\r\n" .. ("x"):rep(65536))
    local answer = connection:answer()
    assert.equal(413, answer.status)
    assert.equal(fault_client.wire("t23.html"), answer.body)
    assert.equal("close", answer.headers.connection)
    assert.equal("fin", connection:ending())
    connection:close()
    local request = fault:requests()[1]
    assert.equal(65536, request.body_bytes)
    assert.is_false(request.billed)
  end)

  it("reset the rest of a request when abrupt", function()
    fault:rule({ status = 413, early = 0, close_after = "abrupt" })
    local connection = connect()
    connection:send("POST " .. CREATE .. " HTTP/1.1\r\n"
      .. "Content-Length: 5000000\r\n\r\n" .. ("x"):rep(200000))
    assert.equal(413, connection:answer().status)
    -- Whatever comes after the close is answered by a reset.
    local sent = connection:send("x")
    assert.is_true(not sent or connection:ending() == "reset")
    connection:close()
  end)

  it("go on when asked to by Expect", function()
    local connection = connect()
    connection:request("POST", CREATE, nil,
      { "Expect: 100-continue", "Content-Length: " .. #BODY })
    local line = connection.io:receive("*l")
    assert.equal("HTTP/1.1 100 Continue", line)
    connection.io:receive("*l")
    connection:send(BODY)
    assert.equal(200, connection:answer().status)
    connection:close()
  end)
end)
