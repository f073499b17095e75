-- The sandbox as a service: its life, the key, the two routes,
-- all other paths, and the list of what it was sent.

local client = require("spec.support.sandbox_client")
local json = require("cjson").new()
local sandbox = require("liangxin.sandbox")
local socket = require("socket")

local CREATE = client.CREATE
local QUERY = client.QUERY
local create = client.create
local created = client.created
local fetch = client.fetch
local query = client.query
local start = client.start
local url_of = client.url_of

describe("sandbox", function()
  after_each(client.stop_all)

  describe("life", function()
    it("stops twice, refuses afterwards, still reports", function()
      local box = start()
      fetch(box, "GET", "/")
      box.stop()
      box.stop()
      local peer = socket.connect("127.0.0.1", box.base_url:match("%d+$"))
      assert.is_nil(peer)
      local _, counters = box.requests()
      assert.equal(1, counters.requests)
    end)

    it("stops when it is collected", function()
      local box = assert(sandbox.start())
      local port = box.base_url:match("%d+$")
      box = nil -- luacheck: ignore
      collectgarbage()
      collectgarbage()
      assert.is_nil((socket.connect("127.0.0.1", port)))
    end)

    it("runs several side by side, each with its own tasks", function()
      local one, two = start({ seconds = 0 }), start({ seconds = 0 })
      local id = created(one, { prompt = "x" })
      assert.equal(200, query(one, id).code)
      assert.equal(422, query(two, id).code)
    end)

    it("stops while a large picture is being painted", function()
      local box = start({ seconds = 0 })
      local id = created(
        box,
        { prompt = "large", resolution = "4K" },
        "nano-banana-pro"
      )
      local host, port, path = url_of(box, id):match("//([^:]+):(%d+)(.*)$")
      local peer = assert(socket.connect(host, tonumber(port)))
      peer:send(("GET %s HTTP/1.1\r\nHost: x\r\n\r\n"):format(path))
      -- A second exchange on the one HTTP thread: the first has been read.
      fetch(box, "GET", "/")
      box.stop()
      peer:close()
    end)
  end)

  describe("the key", function()
    it("is wanted by the API, in the platform's shape", function()
      local box = start()
      for _, header in ipairs({ "", "Bearer wrong", box.api_key }) do
        local status, body, headers = fetch(
          box,
          "POST",
          CREATE,
          "{}",
          { authorization = header ~= "" and header or nil }
        )
        assert.equal(401, status)
        local answer = json.decode(body)
        local id = headers["x-oneapi-request-id"]
        assert.equal("new_api_error", answer.error.type)
        assert.equal(
          "Invalid token (request id: " .. id .. ")",
          answer.error.message
        )
        assert.is_nil(answer.error.param)
      end
    end)

    it("may come with or without sk-, Bearer in either case", function()
      local box = start({ api_key = "sk-abc-def" })
      for header, wanted in pairs({
        ["Bearer sk-abc-def"] = 200,
        ["bearer abc-def"] = 200,
        ["Bearer sk-abc"] = 401,
      }) do
        assert.equal(wanted, (fetch(box, "GET", QUERY .. "x", nil, {
          authorization = header,
        })))
      end
    end)
  end)

  it("adopts a request id that it is sent and does not echo it", function()
    local box = start()
    local _, body, headers =
      fetch(box, "POST", CREATE, "{}", { ["x-oneapi-request-id"] = "mine" })
    assert.is_nil(headers["x-oneapi-request-id"])
    assert.matches("(request id: mine)", body, 1, true)
  end)

  describe("createTask", function()
    local box
    before_each(function()
      box = start({ seconds = 0 })
    end)

    -- Body, then what the answer says.
    for what, case in pairs({
      ["no JSON"] = { "{", "invalid request body" },
      ["JSON that is too deep"] = { ("["):rep(5000), "invalid request body" },
      ["a prompt that is none"] = {
        '{"model":"kling-v3-pro","input":{"prompt":["x"]}}',
        "input.prompt",
      },
      ["shots without a prompt"] = {
        '{"model":"kling-v3-pro","input":{"multi_prompt":[{}]}}',
        "input.prompt is required",
      },
      ["no object"] = { "3", "invalid request body" },
      ["no model"] = { '{"input":{"prompt":"x"}}', "model is required" },
      ["an unknown model"] = {
        '{"model":"dall-e","input":{"prompt":"x"}}',
        "unsupported model: dall%-e",
      },
      ["no input"] = { '{"model":"z-image"}', "input is required" },
      ["a wrong callBackUrl"] = {
        '{"model":"z-image","callBackUrl":3,"input":{"prompt":"x"}}',
        "callBackUrl must be a string",
      },
      ["a documented limit"] = {
        '{"model":"flux-2-pro","input":{"prompt":"x","width":512}}',
        "width",
      },
      ["two problems, both named"] = {
        '{"model":"flux-2-pro","input":{"prompt":"x","width":5,"height":6}}',
        "input.width.*input.height",
      },
    }) do
      it("refuses " .. what .. " with 400", function()
        local status, body = fetch(box, "POST", CREATE, case[1])
        local answer = json.decode(body)
        assert.equal(400, status)
        assert.equal(400, answer.code)
        assert.equal(json.null, answer.data)
        assert.matches(case[2], answer.msg)
        local _, counters = box.requests()
        assert.equal(0, counters.billed)
      end)
    end

    it("asks for the prompt in the documented words", function()
      local request = '{"model":"z-image","input":{}}'
      local _, body = fetch(box, "POST", CREATE, request)
      assert.equal(
        '{"code":400,"msg":"input.prompt is required","data":null}',
        body
      )
    end)

    it("lets pass what breaks an inferred limit only", function()
      assert.equal(200, (create(box, {
        model = "z-image",
        input = { prompt = "x", num_inference_steps = 51 },
      })))
    end)

    it("answers 413 to a body beyond the limit, 200 at it", function()
      box = start({ seconds = 0, max_body = 2000 })
      local text = '{"model":"z-image","input":{"prompt":"%s"}}'
      local fits = text:format(("x"):rep(2000 - #text + 2))
      assert.equal(2000, #fits)
      assert.equal(200, (fetch(box, "POST", CREATE, fits)))
      local status, body = fetch(box, "POST", CREATE, fits .. " ")
      assert.equal(413, status)
      assert.equal("read_request_body_failed", json.decode(body).error.code)
    end)
  end)

  describe("recordInfo", function()
    it("goes through the states in order, with the times", function()
      local box = start({ seconds = 0.4 })
      local request =
        '{"model":"z-image","input":{"prompt":"tea \\"ü\\"","seed":5}}'
      local _, body = fetch(box, "POST", CREATE, request)
      local id = json.decode(body).data.taskId
      local order = { waiting = 1, queuing = 2, generating = 3, success = 4 }
      local last = 0
      local data
      local deadline = socket.gettime() + 20
      repeat
        data = query(box, id).data
        assert.is_true(order[data.state] >= last)
        last = order[data.state]
        assert.equal(last < 4, data.resultJson == "")
        assert.equal(request, data.param)
        assert.is_true(socket.gettime() < deadline)
      until data.state == "success"
      assert.equal(id, data.taskId)
      assert.equal("z-image", data.model)
      assert.equal("", data.failCode)
      assert.equal(400, data.costTime)
      assert.equal(400, data.completeTime - data.createTime)
      assert.is_true(data.createTime > 1.6e12)
    end)

    it("has each state for its share of the time", function()
      local tasks = require("liangxin.sandbox.tasks")
      local store = tasks.new(1, { image = 40 }, 4)
      local task = store:create({
        kind = "image",
        param = "",
        prompt = "",
        faults = {},
      }, 100, 0)
      for age, state in pairs({
        [0] = "waiting",
        [0.99] = "waiting",
        [1] = "queuing",
        [2.49] = "queuing",
        [2.5] = "generating",
        [9.99] = "generating",
        [10] = "success",
      }) do
        assert.equal(state, (tasks.state(task, 100 + age)))
      end
    end)

    it("scales seconds by the speed", function()
      local box = start({ seconds = 1000, speed = 1e6 })
      local id = created(box, { prompt = "x" })
      local deadline = socket.gettime() + 20
      while query(box, id).data.state ~= "success" do
        assert.is_true(socket.gettime() < deadline)
      end
      assert.equal(1, query(box, id).data.costTime)
    end)

    it("has its own seconds per kind of model", function()
      local box = start({ seconds = { image = 0, video = 1000 } })
      local image = created(box, { prompt = "x" })
      local video = created(box, { prompt = "x" }, "kling-v3-pro")
      assert.equal("success", query(box, image).data.state)
      assert.equal("waiting", query(box, video).data.state)
    end)

    it("does not know other ids, in either way", function()
      local _, body = fetch(start(), "GET", QUERY .. "nix")
      assert.equal('{"code":422,"msg":"recordInfo is null","data":null}', body)
      local box = start({ unknown_task = 404 })
      local answer, status = query(box, "nix")
      assert.equal(404, status)
      assert.equal(404, answer.code)
    end)

    it("wants a taskId", function()
      local box = start()
      assert.equal(400, (fetch(box, "GET", "/api/v1/jobs/recordInfo")))
    end)
  end)

  describe("other paths", function()
    it("are 404 under the API's folders, the dashboard elsewhere", function()
      local box = start()
      for path, wanted in pairs({
        ["/api/v1/jobs/nix"] = 404,
        ["/v1/images"] = 404,
        ["/assets/a.js"] = 404,
        ["/"] = 200,
        ["/apiary"] = 200,
      }) do
        local status, body, headers = fetch(box, "GET", path)
        assert.equal(wanted, status)
        assert.is_string(headers["x-oneapi-request-id"])
        if wanted == 404 then
          local failure = json.decode(body).error
          assert.equal("invalid_request_error", failure.type)
          assert.equal("Invalid URL (GET " .. path .. ")", failure.message)
        else
          assert.matches("<!doctype html>", body, 1, true)
        end
      end
      assert.equal(404, (fetch(box, "GET", CREATE)))
    end)
  end)

  describe("requests()", function()
    it("lists what was sent and what was answered", function()
      local box = start()
      fetch(box, "POST", CREATE, "not json\0\255")
      fetch(box, "GET", QUERY .. "a%20b", nil, { ["X-Mine"] = "1" })
      local list, counters = box.requests()
      assert.equal(2, #list)
      local first, second = list[1], list[2]
      assert.equal("POST", first.method)
      assert.equal(CREATE, first.path)
      assert.equal("", first.query)
      assert.equal("not json\0\255", first.body)
      assert.equal(10, first.body_bytes)
      assert.equal(400, first.status)
      assert.equal("Bearer " .. box.api_key, first.headers.authorization)
      assert.equal("taskId=a%20b", second.query)
      assert.equal("1", second.headers["x-mine"])
      assert.equal(401, second.status)
      assert.is_true(second.time >= first.time and first.time >= 0)
      assert.equal(2, counters.requests)
      assert.equal(1, counters.creates)
    end)

    it("keeps the newest 2000", function()
      local box = start()
      local port = box.base_url:match("%d+$")
      local peer = assert(socket.connect("127.0.0.1", port))
      for i = 1, 2005 do
        peer:send(("GET /api/%d HTTP/1.1\r\nHost: x\r\n\r\n"):format(i))
        local length
        repeat
          local line = assert(peer:receive())
          length = line:match("^Content%-Length: (%d+)") or length
        until line == ""
        peer:receive(tonumber(length))
      end
      peer:close()
      local list, counters = box.requests()
      assert.equal(2000, #list)
      assert.equal("/api/6", list[1].path)
      assert.equal("/api/2005", list[2000].path)
      assert.equal(2005, counters.requests)
    end)
  end)
end)
