-- Results in the input of another task: what they count as, and URLs that have
-- expired meanwhile.

local core = require "liangxin.core"
local fault_client = require "spec.support.fault_client"
local folders = require "spec.support.folder"
local quick = require "spec.support.quick"

describe("a result in an input", function()
  local fault = fault_client.serve()
  local folder, client

  before_each(function()
    folder = folders.new()
    client = quick.client(fault, { journal = folder .. "/studio.db" })
  end)

  after_each(function()
    quick.close()
    folders.remove(folder)
  end)

  local function draft()
    return assert(client:generate("z-image", { prompt = "a pond" }, { key = "draft" }))
  end

  local function clip(input)
    return client:generate("kling-v3-pro", { prompt = "wind", start_image_url = input }, { key = "clip" })
  end

  -- The URL that the last create had in it.
  local function sent()
    local creates = fault:requests({ kind = "create" })
    return (creates[#creates].body:match('"start_image_url":"(.-)"'):gsub("\\/", "/"))
  end

  -- As if the client had known its results for a day.
  local function age()
    for task_id, made in pairs(client.journal._made) do
      client.journal._made[task_id] = made - 86400
    end
  end

  it("is sent as its URL and written down as what it is", function()
    local result = draft()
    local names, url = client.journal._names, result.urls[1]
    local function both(value)
      return { core.encode(value, names) }
    end
    assert.same({ '{"a":"' .. url .. '"}', '{"a":"' .. result.task_id .. '#1"}' }, both { a = result })
    assert.same({ '["' .. url .. '","https://elsewhere/"]', '["' .. result.task_id .. '#1","https://elsewhere/"]' },
      both { url, "https://elsewhere/" })
    assert.same({ '["https://elsewhere/"]', '["https://elsewhere/"]' }, both { "https://elsewhere/" })
    local picture = require("liangxin").image("a.png")
    assert.same({ { '{"p":"', picture, '"}' }, '{"p":"\1"}' }, both { p = picture })
    assert.same({ '{"a":"' .. url .. '"}' }, { core.encode({ a = result }) })
    result.task_id = nil
    assert.same({ nil, "is a result without a URL", "a" }, both { a = result })
  end)

  it("counts as its task, whatever its URL is by now", function()
    local first = draft()
    assert(clip(first))
    fault:task(first.task_id, { urls = { fault.base_url .. "/files/signed-anew.png" } })
    client:close()
    client = quick.client(fault, { journal = folder .. "/studio.db" })
    local again = draft()
    assert.equal(first.urls[1], again.urls[1])
    assert(clip(again))
    assert(clip(again.urls[1])) -- a text, but one of its
    local creates = fault:stats().creates
    local other, err = clip("https://elsewhere/a.png")
    assert.is_nil(other)
    assert.equal("invalid_request", err.kind)
    assert.truthy(err.message:find("input.start_image_url differs", 1, true), err.message)
    assert.same({ 2, 2 }, { creates, fault:billed() })
  end)

  for name, given in pairs({ result = function(r) return r end, url = function(r) return r.urls[1] end }) do
    it("has its stale URL renewed before it is sent: a " .. name, function()
      local result = draft()
      local fresh = fault.base_url .. "/files/signed-anew.png"
      fault:task(result.task_id, { urls = { fresh }, outcome = "success", polls_until_success = 0 })
      age()
      local input = given(result)
      assert(clip(input))
      assert.equal(fresh, sent())
      local queries = fault:stats().queries
      assert(clip(input)) -- is known: asks nothing
      assert.equal(queries, fault:stats().queries)
      assert.equal(2, fault:billed())
    end)
  end

  it("that cannot be renewed is not sent", function()
    local result = draft()
    age()
    fault:rule({ on = "query", status = 401, times = "always" })
    local other, err = clip(result)
    assert.is_nil(other)
    assert.equal("no", err.charged)
    assert.truthy(err.message:find("could not be renewed", 1, true), err.message)
    assert.equal(1, fault:stats().creates)
  end)

  it("may stand in tables that hold themselves: the encoder says so", function()
    draft()
    local input = { prompt = "x" }
    input.own = { input, input }
    assert.has_error(function()
      client:generate("z-image", input)
    end)
  end)
end)
