-- How connections to the fault server end, looked at over raw sockets: resets
-- and FINs at every point, hanging, TLS, ports that do not answer, and the end
-- of the server itself.

local bytes = require("spec.support.fault.bytes")
local fault_client = require("spec.support.fault_client")
local raw_http = require("spec.support.raw_http")
local socket = require("socket")

local CREATE = "/api/v1/jobs/createTask"
local BODY = '{"model":"z-image","input":{"prompt":"x"}}'

local fault

local function connect(url)
  return assert(raw_http.connect(url or fault.base_url))
end

-- A connection on which a create was just sent.
local function created(url)
  local connection = connect(url)
  connection:request("POST", CREATE, BODY)
  return connection
end

-- A connection on which a request was answered before.
local function used()
  local connection = connect()
  connection:request("GET", "/used")
  assert(connection:answer())
  return connection
end

describe("the fault server's faults", function()
  fault = fault_client.serve({ tls = true })

  local POINTS = { "accept", "before_read", "after_headers", "after_read" }
  local ENDS_WITH = { reset = "reset", close = "fin" }

  for act, ending in pairs(ENDS_WITH) do
    for _, point in ipairs(POINTS) do
      it(("%s at %s is a %s"):format(act, point, ending), function()
        fault:rule({ act = act, when = point })
        local connection, problem = raw_http.connect(fault.base_url)
        if connection and point ~= "accept" then
          connection:request("POST", CREATE, BODY)
        end
        -- A reset at accept may overtake the end of connecting.
        local seen = connection and connection:ending()
          or (point == "accept" and problem == "closed" and "reset")
        assert.equal(ending, seen)
        assert.equal(point == "after_read" and 1 or 0, fault:billed())
        local ended = fault:connections()[1].ended
        assert.equal(act .. " " .. point, ended)
        assert.equal(act == "reset" and 1 or 0, fault:stats().resets)
        if connection then
          connection:close()
        end
      end)
    end

    it(act .. " waits for a reused connection", function()
      fault:rule({ act = act, when = "before_read", only_on = "reused" })
      local connection = used()
      connection:request("POST", CREATE, BODY)
      assert.equal(ending, connection:ending())
      assert.equal(2, fault:requests()[2].index)
      connection:close()
    end)

    it(act .. " after some bytes of the answer", function()
      fault:rule({ act = act, when = "after_answer_bytes", bytes = 12 })
      local connection = created()
      assert.equal("HTTP/1.1 200", connection:read(12))
      assert.equal(ending, connection:ending())
      assert.equal(1, fault:billed())
      connection:close()
    end)

    it("a body cut by " .. act, function()
      fault:rule({ on = "create", cut = act, cut_after = 7 })
      local connection = created()
      local length = connection:head().headers["content-length"]
      assert.is_true(tonumber(length) > 7)
      assert.equal(7, #connection:read(7))
      assert.equal(ending, connection:ending())
      connection:close()
    end)
  end

  it("close does not reset a peer that still sends", function()
    fault:rule({ on = "create", act = "close", when = "after_headers" })
    local connection = connect()
    connection:send("POST " .. CREATE .. " HTTP/1.1\r\n"
      .. "Content-Length: 3000000\r\n\r\n")
    assert.equal("fin", connection:ending())
    assert.equal(3000000, connection:send(("x"):rep(3000000)))
    connection:close()
  end)

  describe("hang", function()
    it("gives nothing until released, then goes on", function()
      for _, point in ipairs(POINTS) do
        fault:reset()
        fault:rule({ act = "hang", when = point })
        local connection = created()
        assert(fault:await("hanging", { at_least = 1 }))
        assert.equal("open", connection:ending(0.02))
        assert.equal(point == "after_read" and 1 or 0, fault:billed())
        assert.equal(1, fault:release())
        assert.equal(200, connection:answer().status)
        assert.equal(1, fault:billed())
        connection:close()
      end
    end)

    it("stops inside an answer", function()
      fault:rule({ act = "hang", when = "after_answer_bytes", bytes = 20 })
      local connection = created()
      assert.equal("HTTP/1.1 200 OK\r\nCon", connection:read(20))
      assert(fault:await("hanging", { at_least = 1 }))
      assert.equal("open", connection:ending(0.02))
      fault:release()
      assert.equal("tent-Type: application/json", connection.io:receive("*l"))
      connection:close()
    end)

    it("lasts as long as it says", function()
      fault:rule({ act = "hang", seconds = 0.2 })
      local began = socket.gettime()
      assert.equal(200, created():answer().status)
      local took = socket.gettime() - began
      assert.is_true(took >= 0.2 and took < 5)
    end)

    it("notices that the peer leaves", function()
      for _, how in ipairs({ "fin", "reset" }) do
        fault:reset()
        fault:rule({ act = "hang" })
        local connection = created()
        assert(fault:await("hanging", { at_least = 1 }))
        connection:close(how)
        assert(fault:await("hanging", { at_most = 0 }))
        assert.equal("peer gone", fault:requests()[1].done)
      end
    end)
  end)

  describe("over TLS", function()
    local function secure(url)
      local connection = connect(url or fault.tls_url)
      assert(connection:handshake(fault.ca_file))
      return connection
    end

    it("serves, keeps alive and names the listener", function()
      local connection = secure()
      for index = 1, 2 do
        connection:request("POST", CREATE, BODY)
        assert.equal(200, connection:answer().status)
        local request = fault:requests()[index]
        assert.equal("tls", request.listener)
        assert.equal(index, request.index)
      end
      connection:close()
      local other = secure(fault.tls_other_url)
      other:request("GET", "/files/a")
      assert.equal(bytes.file("a", 4096).read(0, 4096), other:answer().body)
      other:close()
    end)

    it("resets and cuts without a farewell", function()
      local cases = { reset = "reset", close = "fin" }
      for act, ending in pairs(cases) do
        fault:reset()
        fault:rule({ act = act })
        local connection = secure()
        connection:request("POST", CREATE, BODY)
        assert(fault:await("done", { at_least = 1 }))
        assert.equal(act .. " after_read", fault:requests()[1].done)
        if ending == "fin" then
          -- TLS 1.3 session tickets lie before the end.
          assert.equal("", connection:read(1))
        end
        assert.equal(ending, connection:ending())
        connection:close()
      end
    end)

    it("resets inside the handshake", function()
      local connection = connect(fault.tls_reset_url)
      assert.falsy((connection:handshake(fault.ca_file)))
      assert.equal("reset in the TLS handshake", fault:connections()[1].ended)
      connection:close()
    end)

    it("leaves the handshake unanswered", function()
      local connection = connect(fault.tls_hang_url)
      connection:send("\22\3\1")
      assert(fault:await("open_connections", { at_least = 1 }))
      assert.equal("open", connection:ending(0.02))
      connection:close()
      assert(fault:await("open_connections", { at_most = 0 }))
    end)

    it("is not trusted without its certificate", function()
      local folder = fault.ca_file:match("^(.*)/")
      assert.is_nil(io.open(folder .. "/key.pem"))
      local stranger = fault_client.start({ tls = true })
      local connection = connect(fault.tls_url)
      assert.falsy((connection:handshake(stranger.ca_file)))
      connection:close()
      stranger:stop()
    end)
  end)

  describe("ports without a service", function()
    it("refuse, or swallow what arrives", function()
      local _, refused = raw_http.connect(fault.refused_url, 5)
      assert.equal("connection refused", refused)
      local _, swallowed = raw_http.connect(fault.black_hole_url, 0.1)
      assert.equal("timeout", swallowed)
      _, swallowed = raw_http.connect(fault.black_hole_url, 0.1)
      assert.equal("timeout", swallowed)
    end)
  end)

  describe("idle connections", function()
    it("are ended when told, others are not", function()
      for how, ending in pairs(ENDS_WITH) do
        fault:reset()
        local idle, busy = used(), connect()
        fault:rule({ act = "hang" })
        busy:request("POST", CREATE, BODY)
        assert(fault:await("hanging", { at_least = 1 }))
        assert.equal(1, fault:drop_idle(how))
        assert.equal(ending, idle:ending())
        assert.equal("open", busy:ending(0.02))
        idle:close()
        busy:close()
      end
    end)

    it("answer a late request with a reset", function()
      local connection = used()
      assert.equal(1, fault:drop_idle("close"))
      connection:request("POST", CREATE, BODY)
      assert(fault:await("resets", { at_least = 1 }))
      assert.is_nil(connection:send("x"))
      assert.equal(1, fault:stats().requests)
      assert.equal(0, fault:billed())
      connection:close()
    end)
  end)

  describe("its own end", function()
    it("forgets all on reset", function()
      local connection = used()
      fault:rule({ status = 500, times = "always" })
      fault:make_task("a")
      fault:service({ api_key = "k" })
      fault:reset()
      assert.equal("reset", connection:ending())
      assert.same({}, fault:requests())
      assert.same({}, fault:connections())
      assert.same({}, fault:rules())
      local stats = fault:stats()
      stats.lua_kb = nil
      for name, value in pairs(stats) do
        assert.equal(0, value, name)
      end
      local fresh = connect()
      local answer = fresh:ask("GET", "/api/v1/jobs/recordInfo?taskId=a")
      assert.truthy(answer.body:find("recordInfo is null", 1, true))
      fresh:close()
      connection:close()
    end)

    it("comes with stop, once", function()
      local other = fault_client.start({ tls = true })
      local url = other.base_url
      other:stop()
      other:stop()
      assert.is_nil((raw_http.connect(url, 5)))
      assert.is_nil(io.open(other.ca_file))
      assert.has_error(function() other:stats() end,
        "this fault server was stopped")
    end)

    it("comes when nobody controls it any more", function()
      local other = fault_client.start({ tls = true })
      other:rule({ act = "hang" })
      local connection = created(other.base_url)
      assert(other:await("hanging", { at_least = 1 }))
      other.control:close()
      assert.equal("", other.pipe:read("*a"))
      assert.is_nil(io.open(other.ca_file))
      connection:close()
      other.pipe:close()
    end)

    it("comes after its lifetime", function()
      local began = socket.gettime()
      local other = fault_client.start({ lifetime_s = 0.2 })
      assert.equal("", other.pipe:read("*a"))
      assert.is_true(socket.gettime() - began >= 0.2)
      other.pipe:close()
      other.control:close()
    end)

    it("reports an await that was in vain", function()
      local value, problem = fault:await("billed", { at_least = 1 }, 0.01)
      assert.is_nil(value)
      assert.equal("billed is still 0", problem)
    end)
  end)
end)
