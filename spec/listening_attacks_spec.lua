-- Attacks on the port of client:listen: slow, huge, many, garbage, replays, a key
-- that is rotated. All are answered or cut off, a true callback gets through, and
-- no task is touched.

local fault_client = require("spec.support.fault_client")
local json = require("spec.support.fault.json")
local quick = require("spec.support.quick")
local raw_http = require("spec.support.raw_http")

local RARELY = { poll = { first = 3600, factor = 1, max = 3600, jitter = 0 }, deadline = 7200 }

describe("a listener under attack", function()
  local fault = fault_client.serve()
  local client, listening, task, taken

  local function open(options)
    taken = 0
    options = options or {}
    options.on_callback = function()
      taken = taken + 1
    end
    client = quick.client(fault, RARELY)
    listening = assert(client:listen(options))
    fault:rule({ on = "create", script = { polls_until_success = 0 } })
    task = assert(client:create({ model = "z-image", input = { prompt = "a kite" } }))
  end

  after_each(quick.close)

  local function url()
    return ("http://127.0.0.1:%d"):format(listening.port)
  end

  local function path()
    local create = fault:requests({ kind = "create" })[1]
    return (json.decode(create.body).callBackUrl:gsub("^%w+://[^/]+", ""))
  end

  local function post(body, where, headers)
    local peer = assert(raw_http.connect(url()))
    local answer = peer:ask("POST", where or path(), body or json.encode({ taskId = task.id }), headers)
    peer:close()
    return answer
  end

  -- The task still runs for us; the true callback ends it, by one query.
  local function is_untouched()
    client:step()
    assert.equal(0, quick.counts(fault).queries)
    assert.equal(200, post().status)
    assert(task:wait(60))
    assert.same({ creates = 1, queries = 1, billed = 1 }, quick.counts(fault))
  end

  it("answers while 10,000 strangers come and hold on", function()
    open()
    local held = {}
    for i = 1, 10000 do
      local slot = i % 400 + 1
      if held[slot] then
        held[slot]:close()
      end
      held[slot] = assert(raw_http.connect(url()))
      held[slot]:send("POST / HTTP/1.1\r\nHost: x\r\nX-Slow: ") -- and never goes on
      if i % 2500 == 0 then
        assert.equal(401, post(nil, "/").status)
      end
    end
    is_untouched()
    for _, peer in pairs(held) do
      peer:close()
    end
  end)

  -- What comes back: a status, or nothing: libmicrohttpd leaves some garbage for
  -- the 60 s after which a silent connection is closed.
  local function status_of(...)
    local peer = assert(raw_http.connect(url(), 2))
    for i = 1, select("#", ...) do
      if not peer:send((select(i, ...))) then
        break
      end
    end
    peer.raw:shutdown("send") -- a server that waits for more sees the end
    local answer = peer:head()
    peer:close()
    return answer and answer.status or "closed"
  end

  local function assert_refused(status)
    assert(status == "closed" or status >= 400 and status < 500, "it answered " .. tostring(status))
  end

  it("keeps nothing of what is huge", function()
    open({ max_body = 10000 })
    local head = "POST " .. path() .. " HTTP/1.1\r\nHost: x\r\n"
    local part = ("x"):rep(65536)
    assert_refused(status_of(head, "Content-Length: 1000000\r\n\r\n", part, part, part, part, part, part, part, part,
      part, part, part, part, part, part, part, ("x"):rep(16960)))
    assert_refused(status_of(head, "Content-Length: 99999999999999999999999999\r\n\r\n", "x"))
    assert_refused(status_of(head, "X-Long: ", part, part, part, "\r\n\r\n"))
    assert_refused(status_of("POST /", part, part, " HTTP/1.1\r\nHost: x\r\n\r\n"))
    local chunk = ("%x\r\n%s\r\n"):format(#part, part)
    assert_refused(status_of(head, "Transfer-Encoding: chunked\r\n\r\n", chunk, chunk, chunk, chunk, "0\r\n\r\n"))
    is_untouched()
  end)

  it("takes no garbage", function()
    open()
    assert_refused(status_of("\0\1\2\3\255\254\r\n\r\n"))
    assert_refused(status_of("GET\r\n\r\n"))
    assert_refused(status_of("\22\3\1\2\0\1\0\1\252\3\3" .. ("\0"):rep(200) .. "\r\n\r\n")) -- TLS on a plain port
    assert_refused(status_of("POST " .. path() .. " HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n"))
    assert_refused(post('{"taskId":"a","task_id":"b"}').status)
    assert_refused(post(("{\"a\":"):rep(50000)).status)
    assert_refused(post('{"taskId":"' .. ("x"):rep(100000) .. '"}').status)
    assert_refused(post(nil, "/?liangxin_token=" .. ("f"):rep(8000)).status)
    is_untouched()
  end)

  it("does nothing more for replays", function()
    open()
    is_untouched()
    local before = taken
    for _ = 1, 50 do
      assert.equal(200, post().status)
    end
    while taken < before + 50 do
      client:poll(1)
    end
    assert.same({ creates = 1, queries = 1, billed = 1 }, quick.counts(fault))
    assert.equal(0, client:pending())
  end)

  it("tells foreign tasks from its own", function()
    open()
    for i = 1, 50 do
      assert.equal(200, post(json.encode({ taskId = "task_of_others_" .. i })).status) -- a good token, a wrong id
    end
    while taken < 50 do
      client:poll(1)
    end
    is_untouched()
  end)
end)
