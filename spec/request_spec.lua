-- Requests: which are refused, with which words, and the body that is sent.

local json = require "liangxin.json"
local live = require "spec.support.live"
local request = require "liangxin.request"

local function refusal(given)
  return live.raised(request.check, given)
end

local function good(extra)
  local given = { model = "z-image", input = { prompt = "x" } }
  for name, value in pairs(extra or {}) do
    given[name] = value
  end
  return given
end

describe("a request", function()
  it("has a model, an input and, if wanted, a callback", function()
    request.check(good())
    request.check(good { callBackUrl = "https://hooks.example/done" })
  end)

  it("may have fields that this version does not know", function()
    request.check(good { priority = 1 })
  end)

  for _, case in ipairs {
    { "must be a table", "z-image" },
    { "must be a table", nil },
    { "named fields", { "z-image", {} } },
    { "request.model", { input = {} } },
    { "request.model", good { model = "" } },
    { "request.model", good { model = ("x"):rep(257) } },
    { "request.input must be a table, not string", good { input = "a kite" } },
    { "request.input must be a table of parameters", good { input = require("liangxin.image").new("a.png") } },
    { "'callback_url'; the API spells it 'callBackUrl'", good { callback_url = "https://h.example" } },
    { "'Model'; the API spells it 'model'", good { Model = "x" } },
    { "http or https URL", good { callBackUrl = "hooks.example/done" } },
    { "http or https URL", good { callBackUrl = "https://hooks.example/a b" } },
    { "http or https URL", good { callBackUrl = "https:///done" } },
  } do
    it("is refused: " .. case[1], function()
      local message = refusal(case[2])
      assert.truthy(message:find(case[1], 1, true), message)
    end)
  end

  it("is sent as JSON, and the token in the callback's query only", function()
    local given = good { callBackUrl = "https://h.example/cb" }
    local marked = request.mark_callback(given.callBackUrl, "00ff")
    local sent = json.decode(request.encode(request.with(given, "callBackUrl", marked)))
    assert.equal("https://h.example/cb?liangxin_token=00ff", sent.callBackUrl)
    assert.same({ prompt = "x" }, sent.input)
    assert.equal("https://h.example/cb", given.callBackUrl)
  end)

  it("marks a callback before its fragment, after what is in its query", function()
    for given, marked in pairs {
      ["https://h.example/cb"] = "https://h.example/cb?liangxin_token=00ff",
      ["https://h.example/cb?a=1"] = "https://h.example/cb?a=1&liangxin_token=00ff",
      ["https://h.example/cb#top"] = "https://h.example/cb?liangxin_token=00ff#top",
      ["https://h.example/cb?a=1#t?p"] = "https://h.example/cb?a=1&liangxin_token=00ff#t?p",
    } do
      assert.equal(marked, request.mark_callback(given, "00ff"))
    end
  end)

  it("has integers as integers, also where Lua has 4.0, and other numbers as short as they are", function()
    for text, number in pairs {
      ["4"] = 4.0, ["-1"] = -1.0, ["0"] = -0.0, ["3000000000"] = 3e9, ["1000000000000000"] = 1e15,
      ["9007199254740992"] = 2 ^ 53, ["1e+300"] = 1e300, ["0.1"] = 0.1, ["2.5"] = 5 / 2,
    } do
      local body = request.encode(good { input = { n = number } })
      assert.equal(text, body:match('"n":([^,}]+)'))
    end
  end)

  it("is refused where a text is no UTF-8", function()
    for _, text in ipairs { "\179\201", "\192\128", "\237\160\128", "\244\144\128\128", "a\195" } do
      local message = live.raised(request.encode, good { input = { prompt = text } })
      assert.truthy(message:find("not valid UTF-8", 1, true), message)
    end
    assert.truthy(request.encode(good { input = { prompt = "\240\159\152\128\228\189\160\194\169" } }))
  end)

  it("that JSON cannot hold is refused with the path", function()
    local message = live.raised(request.encode, good { input = { images = { "a", print } } })
    assert.truthy(message:find("input.images[2]", 1, true), message)
  end)

  it("is learned from by its model and what changes its duration", function()
    assert.equal("m", request.learning_key("m", {}))
    assert.equal("m/4K", request.learning_key("m", { resolution = "4K", duration = "10" }))
    assert.equal("m/10", request.learning_key("m", { duration = 10 }))
    assert.equal("m", request.learning_key("m", { resolution = {} }))
    assert.equal(128, #request.learning_key("m", { quality = ("q"):rep(500) }))
  end)

  it("is watched longer for a video than for a picture", function()
    assert.equal(900, request.default_deadline("z-image"))
    assert.equal(1800, request.default_deadline("kling-v3-pro"))
    assert.equal(900, request.default_deadline("unheard-of"))
    assert.equal(1800, request.default_deadline("veo-3-1")) -- unknown, but its name says video
    assert.equal(900, request.default_deadline(nil))
  end)
end)
