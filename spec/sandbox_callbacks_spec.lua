-- Callbacks, received by a listener of our own.

local client = require("spec.support.sandbox_client")
local json = require("cjson").new()
local socket = require("socket")

local create = client.create
local query = client.query
local start = client.start

describe("sandbox", function()
  after_each(client.stop_all)

  describe("callbacks", function()
    local listener, url
    before_each(function()
      listener = assert(socket.bind("127.0.0.1", 0))
      listener:settimeout(20)
      local _, port = listener:getsockname()
      url = ("http://127.0.0.1:%d/hook?token=1"):format(port)
    end)
    after_each(function()
      listener:close()
    end)

    -- Answers one request with `status`; its first line, headers and body.
    local function receive(status)
      local peer = assert(listener:accept())
      peer:settimeout(20)
      local line = assert(peer:receive())
      local headers = {}
      local header = assert(peer:receive())
      while header ~= "" do
        local name, value = header:match("^(.-):%s*(.*)$")
        headers[name:lower()] = value
        header = assert(peer:receive())
      end
      local body = assert(peer:receive(tonumber(headers["content-length"])))
      peer:send(
        ("HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n"):format(status)
      )
      peer:close()
      return line, headers, body
    end

    -- Asks until the counter has the value: the sandbox counts after the
    -- answer, which we have sent.
    local function wait_for(box, name, value)
      local deadline = socket.gettime() + 20
      repeat
        local _, counters = box.requests()
      until counters[name] == value or socket.gettime() > deadline
      local _, counters = box.requests()
      assert.equal(value, counters[name])
    end

    it("bring what recordInfo says, when the task is done", function()
      local box = start({ seconds = 0.2 })
      local _, answer = create(
        box,
        { model = "z-image", callBackUrl = url, input = { prompt = "x" } }
      )
      local line, headers, body = receive(204)
      assert.equal("POST /hook?token=1 HTTP/1.1", line)
      assert.equal("application/json", headers["content-type"])
      local envelope = json.decode(body)
      assert.equal(200, envelope.code)
      assert.equal("success", envelope.data.state)
      assert.equal(answer.data.taskId, envelope.data.taskId)
      assert.same(query(box, answer.data.taskId).data, envelope.data)
      wait_for(box, "callbacks_sent", 1)
    end)

    it("are tried three times", function()
      local box = start({ seconds = 0, speed = 1000 })
      create(box, {
        model = "z-image",
        callBackUrl = url,
        input = { prompt = "[fail]" },
      })
      for _ = 1, 3 do
        local _, _, body = receive(500)
        assert.equal("fail", json.decode(body).data.state)
      end
      wait_for(box, "callbacks_failed", 1)
    end)

    it("to other hosts are skipped", function()
      local box = start({ seconds = 0 })
      for i, other in ipairs({
        "https://127.0.0.1/x",
        "http://example.com/x",
        "http://127.0.0.1:99999/x",
        "http://127.0.0.1/ x",
        "nonsense",
      }) do
        assert.equal(200, (create(box, {
          model = "z-image",
          callBackUrl = other,
          input = { prompt = "x" },
        })))
        local _, counters = box.requests()
        assert.equal(i, counters.callbacks_skipped)
      end
    end)

    it("do not hold up stop", function()
      -- Nobody accepts: the connection hangs in the backlog.
      local box = start({ seconds = 0 })
      create(box, {
        model = "z-image",
        callBackUrl = url,
        input = { prompt = "x" },
      })
      local began = socket.gettime()
      box.stop()
      assert.is_true(socket.gettime() - began < 1.5)
    end)
  end)
end)
