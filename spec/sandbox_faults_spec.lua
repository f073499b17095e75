-- The fault words: each does what liangxin/sandbox/faults.lua says.

local client = require("spec.support.sandbox_client")
local json = require("cjson").new()
local socket = require("socket")

local QUERY = client.QUERY
local create = client.create
local created = client.created
local fetch = client.fetch
local query = client.query
local start = client.start
local url_of = client.url_of

describe("sandbox", function()
  after_each(client.stop_all)

  describe("fault", function()
    it("fail ends the task in fail", function()
      local box = start({ seconds = 0 })
      local data = query(box, created(box, { prompt = "a [fail]" })).data
      assert.equal("fail", data.state)
      assert.equal("501", data.failCode)
      assert.equal("Generation failed", data.failMsg)
      assert.equal("", data.resultJson)
    end)

    -- word: the statuses of six createTasks in a row
    for word, wanted in pairs({
      ["429"] = { 429, 429, 200, 429, 429, 200 },
      ["503"] = { 503, 503, 200, 503, 503, 200 },
      ["500"] = { 500, 500, 500, 500, 500, 500 },
      ["403"] = { 403, 403, 403, 403, 403, 403 },
      ["422"] = { 422, 422, 422, 422, 422, 422 },
    }) do
      it(word .. " refuses createTask in turn", function()
        for _, options in ipairs({ {}, { fault = word } }) do
          local box = start(options)
          local prompt = options.fault and "x" or ("x [%s]"):format(word)
          local request = { model = "z-image", input = { prompt = prompt } }
          local other = { model = "z-image", input = { prompt = "other" } }
          local statuses, billed = {}, 0
          for i = 1, 6 do
            statuses[i] = create(box, request)
            billed = billed + (statuses[i] == 200 and 1 or 0)
          end
          assert.same(wanted, statuses)
          assert.equal(options.fault and wanted[1] or 200, (create(box, other)))
          local _, counters = box.requests()
          assert.equal(billed + (options.fault and 0 or 1), counters.billed)
          assert.equal(7, counters.creates)
        end
      end)
    end

    it("lost makes the task and loses its id", function()
      local box = start({ seconds = 0 })
      local status, page = fetch(box, "POST", client.CREATE, json.encode({
        model = "z-image",
        input = { prompt = "a [lost]" },
      }))
      assert.equal(504, status)
      assert.truthy(page:find("Gateway Time-out", 1, true))
      local _, counters = box.requests()
      assert.equal(1, counters.billed)
    end)

    it("refuses in both envelopes", function()
      local box = start()
      local function refused(word)
        local prompt = "[" .. word .. "]"
        return select(
          2,
          create(box, { model = "z-image", input = { prompt = prompt } })
        )
      end
      assert.equal(429, refused("429").code)
      assert.equal("insufficient_user_quota", refused("403").error.code)
    end)

    it("slow takes ten times as long", function()
      local box = start({ seconds = 1, speed = 1e6 })
      local id = created(box, { prompt = "[slow]" })
      local deadline = socket.gettime() + 20
      local data
      repeat
        data = query(box, id).data
      until data.state == "success" or socket.gettime() > deadline
      assert.is_true(
        math.abs(data.completeTime - data.createTime - 0.01) <= 1
      )
      box = start({ seconds = 10 })
      -- 1 s of 100 is waiting, of 10 it is not.
      id = created(box, { prompt = "[slow]" })
      assert.equal("waiting", query(box, id).data.state)
    end)

    it("never stays generating", function()
      local box = start({ seconds = 0 })
      local id = created(box, { prompt = "[never]" })
      for _ = 1, 5 do
        assert.equal("generating", query(box, id).data.state)
      end
    end)

    it("html answers a page three times, then recovers", function()
      local box = start({ seconds = 0 })
      local id = created(box, { prompt = "[html]" })
      for _ = 1, 3 do
        local status, body, headers = fetch(box, "GET", QUERY .. id)
        assert.equal(200, status)
        assert.matches("text/html", headers["content-type"], 1, true)
        assert.matches("^<!doctype", body)
      end
      assert.equal("success", query(box, id).data.state)
    end)

    it("garbage cuts the JSON three times, then recovers", function()
      local box = start({ seconds = 0 })
      local id = created(box, { prompt = "[garbage]" })
      for _ = 1, 3 do
        local status, body = fetch(box, "GET", QUERY .. id)
        assert.equal(200, status)
        assert.equal("{", body:sub(1, 1))
        assert.is_false((pcall(json.decode, body)))
      end
      assert.equal("success", query(box, id).data.state)
    end)

    it("gone gives a fresh URL once the dead one was tried", function()
      local box = start({ seconds = 0 })
      local id = created(box, { prompt = "[gone]", image_size = "square" })
      local dead = url_of(box, id)
      assert.equal(dead, url_of(box, id))
      assert.equal(410, (fetch(box, "GET", dead, nil, {})))
      assert.equal(410, (fetch(box, "GET", dead, nil, {})))
      local fresh = url_of(box, id)
      assert.are_not.equal(dead, fresh)
      assert.equal(fresh, url_of(box, id))
      assert.equal(200, (fetch(box, "GET", fresh, nil, {})))
      assert.equal(403, (fetch(box, "GET", dead, nil, {})))
    end)

    it("words combine", function()
      local box = start({ seconds = 0 })
      local id = created(box, { prompt = "[html] [fail]" })
      for _ = 1, 3 do
        fetch(box, "GET", QUERY .. id)
      end
      assert.equal("fail", query(box, id).data.state)
    end)
  end)
end)
