-- 1,010 half-sent requests kept the sandbox from answering anybody else: its
-- listener took up to 1,000 connections and never closed a silent one.

local client = require("spec.support.sandbox_client")
local socket = require("socket")

-- Each stops at another place of a request.
local HALVES = {
  "",
  "GET /api/v1/jobs/recordI",
  "GET / HTTP/1.1\r\nHost: x\r\nX-",
  "POST /api/v1/jobs/createTask HTTP/1.1\r\nHost: x\r\n"
    .. "Content-Length: 100\r\n\r\n{",
}

-- As many as this process may have open, with the sandbox's ends in it.
local function count_of_stuck()
  local pipe = assert(io.popen("ulimit -n"))
  local limit = tonumber(pipe:read("*l"):match("%d+")) or 1e6
  pipe:close()
  return math.min(1010, limit - 500)
end

local function connect(box)
  return assert(socket.connect("127.0.0.1", box.base_url:match("%d+$")))
end

describe("stuck connections", function()
  after_each(client.stop_all)

  it("make room for others, the most silent first", function()
    local box = client.start({ seconds = 0 })
    local stuck = {}
    for i = 1, count_of_stuck() do
      stuck[i] = connect(box)
      assert(stuck[i]:send(HALVES[i % #HALVES + 1]))
    end

    local id = client.created(box, { prompt = "tea" })
    assert.equal("success", client.query(box, id).data.state)

    stuck[1]:settimeout(300)
    local _, first_end = stuck[1]:receive(1)
    assert.equal("closed", first_end)
    local newest = stuck[#stuck]
    newest:settimeout(0)
    local _, newest_end = newest:receive(1)
    assert.equal("timeout", newest_end)
    for _, peer in ipairs(stuck) do
      peer:close()
    end
  end)

  it("do not take the place of one whose picture is being painted", function()
    local box = client.start({ seconds = 0 })
    local id = client.created(
      box,
      { prompt = "large", resolution = "4K" },
      "nano-banana-pro"
    )
    local url = client.url_of(box, id)
    local waiting = connect(box)
    waiting:send(
      ("GET %s HTTP/1.1\r\nHost: x\r\n\r\n"):format(url:match("//[^/]+(.*)$"))
    )
    client.fetch(box, "GET", "/")
    local stuck = {}
    for i = 1, count_of_stuck() do
      stuck[i] = connect(box)
    end
    waiting:settimeout(300) -- 4K take long on a loaded machine
    local line, why = waiting:receive("*l")
    assert.equal("HTTP/1.1 200 OK", line, why)
    waiting:close()
    for _, peer in ipairs(stuck) do
      peer:close()
    end
  end)
end)
