-- Wire case T30 of the protocol: a result URL that redirects, is signed, and
-- dies. What went where is read from the server's record.

local fault_client = require("spec.support.fault_client")
local folders = require("spec.support.folder")
local quick = require("spec.support.quick")

local QUERY = "?token=exp=1~hmac=00"
local TARGET = "/files/result.png" .. QUERY

local fault, folder

local function url(origin)
  return (origin or fault.base_url) .. TARGET
end

-- What T30's recordInfo says, with its URL on `origin`.
local function record(origin)
  local body = fault_client.wire("t30.json")
  local first, last = body:find("https://cdn.example.com/result.png" .. QUERY, 1, true)
  return body:sub(1, first - 1) .. url(origin) .. body:sub(last + 1)
end

local function result_of(origin, options)
  fault:rule({ on = "query", body = record(origin), times = "always" })
  local client = quick.client(fault, options)
  return assert(client:task("t30"):wait()), client
end

local function files()
  return folders.list(folder)
end

local function count(requests)
  local all = fault:requests({ kind = requests })
  return #all, all
end

describe("T30, a download,", function()
  fault = fault_client.serve({ tls = true })

  before_each(function()
    folder = folders.new()
  end)

  after_each(function()
    quick.close()
    folders.remove(folder)
  end)

  it("T30 follows a redirect with the same query and without the key", function()
    fault:rule({ on = "file", listener = "main", redirect = "other" })
    local saved = assert(result_of():save(folder .. "/"))
    assert.same({ "t30-1.png" }, files())
    assert.equal(4096, saved[1].bytes)
    local number, requests = count("file")
    assert.equal(2, number)
    for i, listener in ipairs({ "main", "other" }) do
      assert.equal(listener, requests[i].listener)
      assert.equal(TARGET, requests[i].target)
      for _, header in ipairs(requests[i].headers) do
        assert.not_equal("authorization", header[1]:lower())
        assert.is_nil(header[2]:find("quick-test-key", 1, true))
      end
    end
    assert.equal(1, (count("query")))
  end)

  it("T30 refuses to be led from https to http", function()
    fault:rule({ on = "file", listener = "tls", redirect = "main", times = "always" })
    local result = result_of(fault.tls_url, { base_url = fault.tls_url, ca_file = fault.ca_file })
    local saved, err = result:save(folder .. "/")
    assert.is_nil(saved)
    assert.same({ "download", "yes" }, { err.kind, err.charged })
    assert.truthy(err.message:find("from https:", 1, true))
    assert.equal(1, (count("file")))
    assert.same({}, files())
  end)

  it("T30 ends a chain of redirects", function()
    fault:rule({ on = "file", redirect = "main", times = "always" })
    local saved, err = result_of():save(folder .. "/")
    assert.is_nil(saved)
    assert.equal("download", err.kind)
    assert.truthy(err.message:find("redirect", 1, true))
    assert.equal(6, (count("file"))) -- the first and five hops
    assert.same({}, files())
  end)

  for name, rule in pairs({
    ["announced size"] = {},
    ["size that is not announced"] = { status = 200, chunked = true },
  }) do
    it("T30 cuts off what is too large, and keeps nothing of it: " .. name, function()
      fault:file("result.png", { size = 300000 })
      rule.on, rule.times = "file", "always"
      fault:rule(rule)
      local saved, err = result_of():save(folder .. "/", { max_bytes = 100000 })
      assert.is_nil(saved)
      assert.equal("download", err.kind)
      assert.equal(1, (count("file")))
      assert.same({}, files())
    end)
  end

  it("T30 lets no file be seen before it is whole", function()
    fault:file("result.png", { size = 600000 })
    fault:rule({ on = "file", act = "hang", when = "after_answer_bytes", bytes = 500000 })
    local result, client = result_of()
    local seen
    local job = client:spawn(function()
      return result:save(folder .. "/", {
        on_progress = function(bytes)
          if bytes > 200000 and not seen then
            assert(fault:await("hanging", { at_least = 1 }))
            seen = table.concat(files(), " ")
            fault:release()
          end
        end,
      })
    end)
    assert(job:wait(20))
    assert.truthy(seen:find("^t30%-1%.%x+%.part$"), seen)
    assert.is_nil(seen:gsub("%S*%.part%S*", ""):find("%S"), seen)
    assert.same({ "t30-1.png" }, files())
  end)

  it("T30 tells of the last byte, also when it follows another at once", function()
    fault:file("result.png", { size = 200000 })
    fault:rule({ on = "file", act = "hang", when = "after_answer_bytes", bytes = 100000, times = 2 })
    local result, client = result_of()
    for _, ask in ipairs({
      function(opts)
        return result:save(folder .. "/", opts)
      end,
      function(opts)
        return result:fetch(1, opts)
      end,
    }) do
      local told = {}
      local job = client:spawn(function()
        return ask({
          on_progress = function(bytes, total)
            told[#told + 1] = bytes .. " of " .. total
            fault:release()
          end,
        })
      end)
      assert(job:wait(20))
      assert.equal("200000 of 200000", told[#told])
      assert.not_equal(told[#told], told[#told - 1])
    end
  end)

  -- The same URL again is tried for some seconds, unless it is gone for ever.
  for status, requests in pairs({ [400] = 4, [401] = 4, [403] = 4, [404] = 4, [410] = 1 }) do
    it("T30 says that the URL is dead, after one query for a fresh one: HTTP " .. status, function()
      fault:rule({ on = "file", status = status, times = "always" })
      local saved, err = result_of():save(folder .. "/")
      assert.is_nil(saved)
      assert.same({ "expired", "yes", status }, { err.kind, err.charged, err.http_status })
      assert.equal("t30", err.task_id)
      assert.is_nil(quick.shown(err):find("hmac", 1, true))
      assert.equal("the URL is dead (HTTP " .. status .. "), and the task names no other that works", err.message)
      assert.equal(requests, (count("file")))
      assert.equal(2, (count("query")))
      assert.same({}, files())
    end)
  end

  it("T30 waits for a file that its host does not have yet", function()
    fault:rule({ on = "file", status = 404, times = 3 })
    local saved = assert(result_of():save(folder .. "/"))
    assert.equal(4096, saved[1].bytes)
    assert.same({ 4, 2 }, { (count("file")), (count("query")) })
  end)

  it("T30 takes the fresh URL when there is one", function()
    fault:rule({ on = "file", listener = "main", status = 403, times = "always" })
    fault:rule({ on = "query", body = record(fault.base_url) })
    fault:rule({ on = "query", body = record(fault.other_url) })
    local result = assert(quick.client(fault):task("t30"):wait())
    local saved = assert(result:save(folder .. "/"))
    assert.equal(4096, saved[1].bytes)
    assert.same({ 2, 2 }, { (count("file")), (count("query")) })
    assert.equal(0, fault:billed())
  end)
end)
