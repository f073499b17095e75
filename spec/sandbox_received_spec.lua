-- What the sandbox keeps of the requests it was sent.

local received = require("liangxin.sandbox.received")

describe("the list of requests", function()
  it("is oldest first, with times since the start", function()
    local list = received.new(100)
    list:record({ method = "GET", path = "/a", body = "" }, 200, 101)
    list:record({ method = "POST", path = "/b", body = "body" }, 404, 103)
    local rows = list:list()
    assert.equal(2, #rows)
    assert.equal("/a", rows[1].path)
    assert.equal(3, rows[2].time)
    assert.equal(404, rows[2].status)
    assert.equal("body", rows[2].body)
    assert.equal(2, list.counters.requests)
  end)

  it("keeps the newest 2,000", function()
    local list = received.new(0)
    for i = 1, 2500 do
      list:record({ path = tostring(i), body = "" }, 200, i)
    end
    local rows = list:list()
    assert.equal(2000, #rows)
    assert.equal("501", rows[1].path)
    assert.equal("2500", rows[2000].path)
    assert.equal(2500, list.counters.requests)
  end)

  it("keeps the first 32 KiB of a body, and its length", function()
    local list = received.new(0)
    list:record({ path = "/", body = ("x"):rep(40000) }, 200, 0)
    local row = list:list()[1]
    assert.equal(32768, #row.body)
    assert.equal(40000, row.body_bytes)
  end)
end)
