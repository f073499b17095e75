-- liangxin.listener: a handler in a Lua state of its own, work on another
-- thread, calls from the host, and what happens when something goes wrong.

local listener = require("liangxin.listener")
local raw_http = require("spec.support.raw_http")

local running = {}

local function start(options)
  local given = {
    handler = "spec.support.listener_handler",
    worker = "spec.support.listener_worker",
    config = "configured",
    path = package.path,
    cpath = package.cpath,
  }
  for name, value in pairs(options or {}) do
    given[name] = value
  end
  local started = assert(listener.start(given))
  running[#running + 1] = started
  return started, ("http://127.0.0.1:%d"):format(started:port())
end

local function ask(url, path, body, headers)
  local peer = assert(raw_http.connect(url))
  local answer = peer:ask("POST", path, body, headers)
  peer:close()
  return answer
end

describe("listener", function()
  after_each(function()
    for _, started in ipairs(running) do
      started:stop()
    end
    running = {}
  end)

  it("gives requests to the handler and sends its answers", function()
    local _, url = start()
    local answer = ask(url, "/echo", "a body", { "X-Word: word" })
    assert.equal(200, answer.status)
    assert.equal("a body", answer.body)
    assert.equal("POST", answer.headers["x-method"])
    assert.equal("word", answer.headers["x-seen"])
  end)

  it("keeps a connection for the next request", function()
    local started, url = start()
    local peer = assert(raw_http.connect(url))
    for _ = 1, 3 do
      assert.equal(200, peer:ask("POST", "/echo", "x").status)
    end
    peer:close()
    assert.equal("3", started:call("count"))
  end)

  it("drops a body above max_body and tells the handler", function()
    local _, url = start({ max_body = 10 })
    assert.equal("10 bytes", ask(url, "/large", ("x"):rep(10)).body)
    local answer = ask(url, "/large", ("x"):rep(100000))
    assert.equal(413, answer.status)
    assert.equal("0 bytes", answer.body)
  end)

  it("answers 500 when the handler raises, and goes on", function()
    local _, url = start()
    assert.equal(500, ask(url, "/raise", "x").status)
    assert.equal(200, ask(url, "/echo", "x").status)
  end)

  describe("work", function()
    it("is done elsewhere, then the handler answers", function()
      local _, url = start()
      local answer = ask(url, "/work", "abc")
      assert.equal("cba", answer.body)
      assert.equal("kept", answer.headers["x-kept"])
    end)

    it("that fails gives the handler false", function()
      local _, url = start()
      assert.equal(503, ask(url, "/work", "raise").status)
      assert.equal(503, ask(url, "/work", "nothing").status)
      assert.equal(200, ask(url, "/work", "abc").status)
    end)

    it("fails where there is no worker, or it cannot be loaded", function()
      local given = {
        handler = "spec.support.listener_handler",
        config = "",
        path = package.path,
        cpath = package.cpath,
      }
      for _, worker in ipairs({ false, "spec.support.no_such_module" }) do
        given.worker = worker or nil
        local started = assert(listener.start(given))
        running[#running + 1] = started
        local url = ("http://127.0.0.1:%d"):format(started:port())
        assert.equal(503, ask(url, "/work", "abc").status)
      end
    end)

    it("holds up no other request, and a stop ends it", function()
      local started, url = start()
      local busy = assert(raw_http.connect(url))
      busy:request("POST", "/work", "wait")
      assert.equal(200, ask(url, "/echo", "x").status)
      started:stop()
      busy:close()
    end)
  end)

  -- 401 connections are more than it holds: the most silent has to go.
  it("sends a long answer that has only begun, whoever else connects", function()
    local _, url = start()
    local path = os.tmpname()
    os.remove(path)
    local stuck = {}
    local function connect(count)
      for _ = 1, count do
        stuck[#stuck + 1] = assert(raw_http.connect(url))
      end
      assert.equal(200, ask(url, "/echo", "they are accepted").status)
    end
    local waiting = assert(raw_http.connect(url))
    waiting:request("POST", "/work", "until " .. path)
    connect(300)
    assert(io.open(path, "w")):close()
    assert.equal("cba", ask(url, "/work", "abc").body) -- after the other work
    connect(100)
    local answer = waiting:answer()
    os.remove(path)
    assert.equal(200, answer.status)
    assert.is_true(answer.is_whole)
    waiting:close()
    for _, peer in ipairs(stuck) do
      peer:close()
    end
  end)

  describe("call", function()
    it("gives a text to the handler's function and its text back", function()
      local started = start()
      local about = started:call("about", "a text")
      assert.equal("configured a text " .. started:port() .. " true", about)
    end)

    it("says what went wrong", function()
      local started = start()
      local result, err = started:call("raise")
      assert.is_nil(result)
      assert.matches("this call raised", err)
      assert.is_nil((started:call("no_such_function")))
      started:stop()
      result, err = started:call("count")
      assert.is_nil(result)
      assert.equal("the listener was stopped", err)
      assert.is_nil(started:port())
    end)
  end)

  it("closes a connection that stays silent", function()
    local _, url = start({ silence = 1 })
    local peer = assert(raw_http.connect(url))
    peer:send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx")
    assert.equal("fin", peer:ending(30))
    peer:close()
  end)

  it("says when its handler cannot be loaded, and frees the port", function()
    local started = start()
    local port = started:port()
    started:stop()
    local given = {
      port = port,
      handler = "spec.support.no_such_module",
      config = "",
      path = package.path,
      cpath = package.cpath,
    }
    local other, err = listener.start(given)
    assert.is_nil(other)
    assert.matches("no_such_module", err)
    given.handler = "spec.support.listener_handler"
    running[1] = assert(listener.start(given))
    assert.equal(port, running[1]:port())
  end)

  it("refuses numbers out of range", function()
    for name, value in pairs({ port = 65536, silence = -1, max_body = 2 ^ 40 }) do
      assert.has_error(function()
        start({ [name] = value })
      end)
    end
  end)
end)
