-- The sandbox as a test double: what a program's own tests get from `options`,
-- `reset`, `counters`, `ordered`, `side` and `models`, and that a whole suite
-- of them is quick and runs the same every time.

local client = require("spec.support.sandbox_client")
local folders = require("spec.support.folder")
local json = require("cjson").new()
local liangxin = require("liangxin")
local programs = require("spec.support.programs")

local RUNS = tonumber(os.getenv("DOUBLE_RUNS") or 10)

local it_runs = programs.has_shell and it or pending

local function big_endian(text, at)
  local a, b, c, d = text:byte(at, at + 3)
  return ((a * 256 + b) * 256 + c) * 256 + d
end

local function size_of(box, id)
  local _, png = client.fetch(box, "GET", client.url_of(box, id), nil, {})
  return big_endian(png, 17), big_endian(png, 21)
end

local VIDEO = {
  prompt = "a raft",
  duration = "5",
  aspect_ratio = "16:9",
  mode = "std",
  sound = false,
}

describe("sandbox as a test double", function()
  local opened = {}

  local function new_client(box)
    local c = liangxin.new(box.options)
    opened[#opened + 1] = c
    return c
  end

  after_each(function()
    for _, c in ipairs(opened) do
      c:close()
    end
    opened = {}
    client.stop_all()
  end)

  describe("options", function()
    it("are the client's own cadence and retries, divided by speed", function()
      local box = client.start({ speed = 100, api_key = "sk-mine" })
      assert.same({
        base_url = box.base_url,
        api_key = "sk-mine",
        max_connections = 1,
        max_downloads = 1,
        poll = { first = 0.01, factor = 1.5, max = 0.1, jitter = 0 },
        retry = { base = 0.005, max = 0.3 },
      }, box.options)
    end)

    it("make a client that waits as little as the sandbox takes", function()
      local box = client.start({ speed = 1000, seconds = { video = 600 } })
      local c = new_client(box)
      local started = liangxin.now()
      assert(c:generate("z-image", { prompt = "tea" }))
      assert(c:generate("z-image", { prompt = "tea [429]" }))
      assert(c:generate("z-image", { prompt = "tea [html]" }))
      assert(c:generate("kling-v3-pro", VIDEO))
      -- Unscaled, the first of these alone would take longer.
      assert.is_true(liangxin.now() - started < 20)
    end)
  end)

  describe("reset", function()
    it("leaves a sandbox as it was started", function()
      local box = client.start({ seconds = 0 })
      local id = client.created(box, { prompt = "tea" })
      local url = client.url_of(box, id)
      box.reset()
      local requests, counters = box.requests()
      assert.same({}, requests)
      for name, count in pairs(counters) do
        assert.equal(0, count, name)
      end
      assert.equal(422, client.query(box, id).code)
      assert.equal(404, (client.fetch(box, "GET", url, nil, {})))
    end)

    it("begins the turns of faults and the seeds anew", function()
      local box = client.start({ seconds = 0 })
      local function statuses()
        local list = {}
        for i = 1, 4 do
          list[i] = (client.create(box, {
            model = "z-image",
            input = { prompt = "tea [429]" },
          }))
        end
        return list
      end
      assert.same({ 429, 429, 200, 429 }, statuses())
      box.reset()
      assert.same({ 429, 429, 200, 429 }, statuses())

      local function picture()
        box.reset()
        local id = client.created(box, { prompt = "one of many" })
        local url = client.url_of(box, id)
        return (select(2, client.fetch(box, "GET", url, nil, {})))
      end
      assert.equal(picture(), picture())
    end)

    it("gives no id twice", function()
      local box = client.start()
      local seen = {}
      for _ = 1, 200 do
        local id = client.created(box, { prompt = "tea" })
        assert.is_nil(seen[id])
        seen[id] = true
        box.reset()
      end
    end)

    it("forgets callbacks that were due", function()
      local box = client.start({ seconds = 1, speed = 10 })
      local function with_callback(input)
        client.create(box, {
          model = "z-image",
          input = input,
          callBackUrl = box.base_url .. "/hook",
        })
      end
      with_callback({ prompt = "before" })
      box.reset()
      with_callback({ prompt = "after" })
      while box.counters().callbacks_sent == 0 do
        client.fetch(box, "GET", "/")
      end
      local hooks = {}
      for _, request in ipairs((box.requests())) do
        if request.path == "/hook" then
          hooks[#hooks + 1] = json.decode(request.body).data.param
        end
      end
      assert.equal(1, #hooks)
      assert.matches("after", hooks[1])
    end)
  end)

  it("counts without the list of requests, also after stop", function()
    local box = client.start()
    client.created(box, { prompt = "tea" })
    local _, counters = box.requests()
    assert.same(counters, box.counters())
    assert.equal(1, counters.billed)
    box.stop()
    assert.same(counters, box.counters())
    box.reset()
  end)

  describe("models", function()
    it("beyond the catalogue are refused, or accepted with \"any\"", function()
      local request = { model = "veo-9", input = { prompt = "x", odd = 1 } }
      local status, answer = client.create(client.start(), request)
      assert.equal(400, status)
      assert.matches("unsupported model: veo%-9", answer.msg)

      local box = client.start({ models = "any", seconds = 0 })
      status, answer = client.create(box, request)
      assert.equal(200, status)
      assert.matches("%.gif%?", client.url_of(box, answer.data.taskId))
      request = { model = "painter-x", input = { prompt = "x" } }
      status, answer = client.create(box, request)
      assert.equal(200, status)
      assert.same({ 1024, 1024 }, { size_of(box, answer.data.taskId) })
    end)

    it("of the catalogue are still checked with \"any\"", function()
      local box = client.start({ models = "any" })
      local status = client.create(box, {
        model = "z-image",
        input = { aspect_ratio = "1:1" },
      })
      assert.equal(400, status)
    end)
  end)

  it("paints as small as `side` says, from speed 100 on 64 pixels", function()
    local wide = { prompt = "tea", aspect_ratio = "16:9" }
    local box = client.start({ seconds = 0, side = 160 })
    local id = client.created(box, wide)
    assert.same({ 160, 90 }, { size_of(box, id) })
    box = client.start({ seconds = 0, speed = 100 })
    id = client.created(box, wide)
    assert.same({ 64, 36 }, { size_of(box, id) })
  end)

  it("keeps `ordered` tasks unfinished until their turn", function()
    local box = client.start({ speed = 1000, seconds = 2 })
    local first = client.created(box, { prompt = "first" })
    local second = client.created(box, { prompt = "second" })
    local states = {}
    repeat
      states[#states + 1] = client.query(box, second).data.state
      local seen = client.query(box, first).data.state
    until seen == "success"
    for _, state in ipairs(states) do
      assert.are_not.equal("success", state)
    end
    while client.query(box, second).data.state ~= "success" do
    end
  end)

  -- Everything at once, as no test should do it: what was sent, and which
  -- tasks ended and which files came, each in its order.
  local function scene(box)
    local c = new_client(box)
    local seen, jobs = { ended = {}, files = {}, sent = {} }, {}
    local function one(name, model, input)
      local result, err = c:generate(model, input)
      table.insert(seen.ended, name .. " " .. (err and err.kind or "done"))
      if result then
        table.insert(seen.files, ("%s: %d"):format(name, #result:fetch(1)))
      end
    end
    for i, tag in ipairs({ "", "[fail]", "", "[html]", "", "", "" }) do
      local input = { prompt = ("hero %d %s"):format(i, tag) }
      jobs[#jobs + 1] = c:spawn(one, "hero " .. i, "z-image", input)
    end
    for i = 1, 3 do
      jobs[#jobs + 1] = c:spawn(one, "quest " .. i, "kling-v3-pro", VIDEO)
    end
    c:wait_all(jobs)
    c:close()
    for _, request in ipairs((box.requests())) do
      if request.method == "POST" then
        table.insert(seen.sent, json.decode(request.body))
      end
    end
    box.reset()
    return seen
  end

  it("runs a scene in the same order every time", function()
    local box = client.start({ speed = 1000, seconds = { video = 60 } })
    local first = scene(box)
    assert.equal(10, #first.ended)
    assert.equal(9, #first.files)
    assert.equal(10, #first.sent)
    for _ = 2, RUNS do
      assert.same(first, scene(box))
    end
  end)

  local function run_busted(file)
    local pipe = assert(io.popen("command -v busted"))
    local busted = pipe:read("*l")
    pipe:close()
    local output, status = programs.start(busted, ".", "-o TAP " .. file)()
    local _, count = ("\n" .. output):gsub("\nok %d+", "")
    return count, status, output
  end

  it_runs("runs the twenty tests of examples/testing", function()
    local count, status, output =
      run_busted("examples/testing/portraits_spec.lua")
    assert.equal(20, count, output)
    assert.equal(0, status)
  end)

  describe("page", function()
    local page = programs.read("lua/liangxin/sandbox/README.md")
    local program, tests = page:match("```lua\n(.-)```.*```lua\n(.-)```")

    local function in_a_folder(text, use)
      local folder = folders.new()
      local file = assert(io.open(folder .. "/block_spec.lua", "wb"))
      file:write(text)
      file:close()
      use(folder .. "/block_spec.lua", folder)
      folders.remove(folder)
    end

    it_runs("has a program that runs", function()
      in_a_folder(program, function(path, folder)
        local output, status = programs.start(path, folder)()
        assert.equal(0, status, output)
        assert.matches("^http://127.*\n1\n$", output)
      end)
    end)

    it_runs("has tests that pass", function()
      in_a_folder(tests, function(path)
        local count, status, output = run_busted(path)
        assert.equal(1, count, output)
        assert.equal(0, status)
      end)
    end)

    it("names every option", function()
      local sandbox = require("liangxin.sandbox")
      local _, message = pcall(sandbox.start, { nothing_like_it = 1 })
      local names = message:match("there are (.*)$")
      for name in names:gmatch("[%w_]+") do
        assert.truthy(page:find("\n| `" .. name .. "` |", 1, true), name)
      end
    end)
  end)
end)
