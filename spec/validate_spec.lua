-- The option `validate`, of a client and of a call, against the sandbox: what
-- is sent and what is not; and every result of the service as the input of
-- every model that takes pictures.

local liangxin = require "liangxin"
local live = require "spec.support.live"

local INFERRED = { model = "z-image", input = { prompt = "a pond", seed = -1 } }
local DOCUMENTED = { model = "nano-banana-pro", input = { prompt = "a pond", resolution = "8K" } }
local MISSPELT = { model = "z-image", input = { prompt = "a pond", sede = 1 } }

describe("validate", function()
  local service, client

  setup(function()
    service = live.start { speed = 1000 }
    client = live.client(service)
  end)

  teardown(function()
    client:close()
    service.stop()
  end)

  local function creates()
    local _, counters = service.requests()
    return counters.creates
  end

  -- Whether the request is stopped before anything is sent.
  local function is_stopped(request, mode)
    local before = creates()
    local task, err = client:create(request, { validate = mode, watch = false })
    local is_sent = creates() > before
    if not is_sent then
      assert.is_nil(task)
      assert.equal("invalid_request", err.kind)
      assert.equal("no", err.charged)
      assert.equal(#err.problems, 1)
      assert.equal(err.problems[1].message, err.message)
    end
    return not is_sent
  end

  it("of a call stops what its mode covers", function()
    assert.is_false(is_stopped(DOCUMENTED, nil))
    assert.is_false(is_stopped(DOCUMENTED, false))
    assert.is_true(is_stopped(DOCUMENTED, "documented"))
    assert.is_true(is_stopped(DOCUMENTED, true))
    assert.is_false(is_stopped(INFERRED, "documented"))
    assert.is_true(is_stopped(INFERRED, true))
    assert.is_false(is_stopped(MISSPELT, false))
    assert.is_true(is_stopped(MISSPELT, "documented"))
    assert.is_true(is_stopped(MISSPELT, true))
  end)

  it("of a call goes before that of the client", function()
    local strict = live.client(service, { validate = "documented" })
    local result, err = strict:generate("nano-banana-pro", DOCUMENTED.input)
    assert.is_nil(result)
    assert.equal("resolution", err.problems[1].parameter)
    assert(strict:generate("z-image", INFERRED.input))
    result, err = strict:generate("z-image", INFERRED.input, { validate = true })
    assert.is_nil(result)
    assert.is_true(err.problems[1].inferred)
    assert(strict:generate("z-image", MISSPELT.input, { validate = false }))
    strict:close()
  end)

  it("takes nothing but a boolean or \"documented\"", function()
    for _, fn in ipairs {
      function() live.client(service, { validate = "all" }) end,
      function() client:create(INFERRED, { validate = 1 }) end,
    } do
      local message = live.raised(fn)
      assert.truthy(message:find("validate_spec.lua:%d+: .*'validate' must be a boolean or \"documented\""), message)
    end
  end)

  it("passes each model's example, which the sandbox accepts", function()
    for _, model in ipairs(liangxin.models.list()) do
      assert(client:generate(model.id, model.example, { validate = "documented" }))
    end
  end)

  it("names a model that was probably meant", function()
    assert.is_true(is_stopped({ model = "z-imge", input = { prompt = "a" } }, "documented"))
    local _, err = client:create({ model = "z-imge", input = { prompt = "a" } }, { validate = true })
    assert.truthy(err.message:find('did you mean "z-image"', 1, true))
  end)

  it("wants a callback that the service can reach", function()
    local request_module = require "liangxin.request"
    local function passes(url, is_api_loopback)
      local request = { model = "z-image", input = { prompt = "a" }, callBackUrl = url }
      local ok, err = request_module.validate(request, "documented", is_api_loopback)
      assert.is_true(ok or err.problems[1].parameter == "callBackUrl")
      return ok or false
    end
    for _, url in ipairs {
      "https://example.com/cb?x=1", "https://me:pw@example.com:8443/",
      "https://93.184.216.34/", "https://[2606:4700::1111]/",
    } do
      assert.is_true(passes(url), url)
    end
    for _, url in ipairs {
      "http://example.com/", "https://localhost/", "https://127.0.0.1/", "https://192.168.1.5/", "https://me@10.0.0.1/",
      "https://[::1]/", "https://printer/", "https://printer.local/",
    } do
      assert.is_false(passes(url), url)
    end
    assert.is_true(passes("http://127.0.0.1:8080/cb", true))
    assert.is_true(passes("https://localhost/cb", true))
    assert.is_false(passes("http://192.168.1.5/cb", true))
    assert.is_false(passes("http://example.com/cb", true))
  end)

  it("lets a callback to this machine pass where the API is there, too", function()
    local url = "http://127.0.0.1:9/callback"
    assert(client:create(live.picture("cb"), { validate = true, watch = false }))
    local request = live.picture("cb")
    request.callBackUrl = url
    assert.is_false(is_stopped(request, true))
  end)
end)

-- The parameter of a model that takes a picture, and how one is put there.
local function picture_parameters(model)
  local found = {}
  for _, spec in ipairs(model.parameters) do
    if spec.role == "image" then
      found[#found + 1] = spec
    end
  end
  return found
end

describe("a result as the next model's picture", function()
  local service, client

  setup(function()
    service = live.start { speed = 1000 }
    client = live.client(service, { validate = true })
  end)

  teardown(function()
    client:close()
    service.stop()
  end)

  -- What each model needs, and its pictures' place left open.
  local function input_of(model)
    local input = { prompt = "a pond at dawn" }
    for _, spec in ipairs(model.parameters) do
      if spec.required and spec.role == "image" then
        input[spec.name] = { "https://example.com/pond.png" }
      end
    end
    return input
  end

  local function formats_of(model)
    for _, spec in ipairs(model.parameters) do
      if spec.name == "output_format" then
        return spec.enum
      end
    end
    return { false }
  end

  for _, maker in ipairs(liangxin.models.list()) do
    if maker.kind == "image" then
      it("of " .. maker.id .. " passes every check", function()
        for _, format in ipairs(formats_of(maker)) do
          local input = input_of(maker)
          input.output_format = format or nil
          local picture = assert(client:generate(maker.id, input)).urls[1]
          assert.truthy(picture:find("?", 1, true)) -- signed
          for _, taker in ipairs(liangxin.models.list()) do
            for _, spec in ipairs(picture_parameters(taker)) do
              local next_input = input_of(taker)
              next_input[spec.name] = spec.type == "array" and { picture } or picture
              local result, err = client:generate(taker.id, next_input)
              assert.is_truthy(result, ("%s.%s: %s"):format(taker.id, spec.name, tostring(err)))
            end
          end
        end
      end)
    end
  end

  it("goes on through three models", function()
    local first = assert(client:generate("imagen4-ultra", { prompt = "a pond at dawn" }))
    local second = assert(client:generate("nano-banana-pro", { prompt = "more fog", image_input = first.urls }))
    local clip = assert(client:generate("kling-v3-pro", { prompt = "it lifts", start_image_url = second.urls[1] }))
    assert.truthy(clip.urls[1])
  end)
end)
