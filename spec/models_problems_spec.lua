-- What the checker of the catalogue says, what it keeps to itself, and that no
-- input can upset it.

local models = require("liangxin.models")
local inputs = require("spec.support.model_inputs")
local cjson = require("cjson").new()
local unpack = table.unpack or unpack

local IDS, PNG = inputs.IDS, inputs.PNG
local input_of, accept, refuse = inputs.of, inputs.accept, inputs.refuse
local repeated = inputs.repeated

describe("validate", function()
  it("collects all problems, in the order of the row, on one line", function()
    local ok, problems = models.validate("flux-2-pro", {
      prompt = "",
      width = 100,
      aspect_ratio = "a\nb",
      seed = "1",
    })
    assert.is_nil(ok)
    local names = {}
    for i, problem in ipairs(problems) do
      names[i] = problem.parameter
    end
    assert.same(
      { "prompt", "width", "aspect_ratio", "seed", "width, height" },
      names
    )
    local text = tostring(problems)
    for _, problem in ipairs(problems) do
      assert.truthy(text:find(problem.message, 1, true))
    end
    assert.is_nil(text:find("\n", 1, true))
    assert.is_false(problems.only_inferred)
  end)

  local NOTE = " (an inferred limit: the service may accept it)"
  local ten = "0123456789"
  -- {model, changes to a valid input, value, allowed, message}
  local MESSAGES = {
    {
      "flux-2-pro",
      { width = 100, height = 256 },
      100,
      "an integer from 256 to 1440",
      "input.width is 100: it must be an integer from 256 to 1440",
    },
    {
      "nano-banana-pro",
      { resolution = "8K" },
      "8K",
      'one of "1K", "2K", "4K", "high", "low" or "medium"',
      'input.resolution is "8K": it must be one of "1K", "2K", "4K", "high", '
        .. '"low" or "medium"',
    },
    {
      "nano-banana-pro",
      { output_format = "a\tb" },
      "a\tb",
      '"png"',
      'input.output_format is "a\\9b": it must be "png"',
    },
    {
      "nano-banana-pro",
      { output_format = ten:rep(5) .. "012345678é12345" },
      '"' .. ten:rep(5) .. '012345678..." (65 characters)',
      '"png"',
      'input.output_format is "'
        .. ten:rep(5)
        .. '012345678..." (65 characters): it must be "png"',
    },
    {
      "nano-banana-pro",
      { prompt = "é" },
      "a text of 1 character",
      "a text of 2 to 3000 characters",
      "input.prompt is a text of 1 character: it must be a text of 2 to 3000 "
        .. "characters",
    },
    {
      "flux-2-pro",
      { prompt = "" },
      "a text of 0 characters",
      "a text of at least 1 character",
      "input.prompt is a text of 0 characters: it must be a text of at least "
        .. "1 character",
    },
    {
      "kling-v3-pro",
      { negative_prompt = ("é"):rep(2501) },
      "a text of 2501 characters",
      "a text of at most 2500 characters",
      "input.negative_prompt is a text of 2501 characters: it must be a text "
        .. "of at most 2500 characters"
        .. NOTE,
    },
    {
      "imagen4-ultra",
      { seed = 0 },
      0,
      "an integer of at least 1",
      "input.seed is 0: it must be an integer of at least 1",
    },
    {
      "imagen4-ultra",
      { enhance_prompt = "on" },
      "on",
      "true or false",
      'input.enhance_prompt is "on": it must be true or false',
    },
    {
      "imagen4-ultra",
      { enhance_prompt = print },
      "a function",
      "true or false",
      "input.enhance_prompt is a function: it must be true or false",
    },
    {
      "gemini-2.5-flash-image-preview",
      { reference_images = { cjson.null } },
      "null",
      "a string",
      "input.reference_images[1] is null: it must be a string",
    },
    {
      "kling-v3-pro",
      { cfg_scale = -1 / 0 },
      -1 / 0,
      "a finite number",
      "input.cfg_scale is -infinity: it must be a finite number",
    },
    {
      "seedream-v4-5-edit",
      { reference_images = repeated(inputs.PNG, 6) },
      "a list of 6",
      "a list of 1 to 5 items",
      "input.reference_images is a list of 6: it must be a list of 1 to 5 "
        .. "items"
        .. NOTE,
    },
    {
      "seedream-v4-5-edit",
      { reference_images = { [2] = "x" } },
      "a table",
      "a list (keys 1 to n, without holes)",
      "input.reference_images is a table: it must be a list (keys 1 to n, "
        .. "without holes)"
        .. NOTE,
    },
    {
      "gemini-2.5-flash-image-preview",
      { reference_images = { "https://me:pw@a.b/c.png?k=v@", false } },
      false,
      "a string",
      "input.reference_images[2] is false: it must be a string",
    },
    {
      "flux-2-pro",
      { width = 256 },
      "height is missing",
      "give width and height together or not at all",
      "input: give width and height together or not at all, but height is "
        .. "missing",
    },
    {
      "kling-v3-pro",
      { multi_prompt = repeated({ prompt = "a", duration = "8" }, 2) },
      "they add up to 16",
      "the duration values of multi_prompt may add up to at most 15 seconds",
      "input: the duration values of multi_prompt may add up to at most 15 "
        .. "seconds, but they add up to 16"
        .. NOTE,
    },
  }
  for _, case in ipairs(MESSAGES) do
    local id, changes, value, allowed, message = unpack(case)
    it("says: " .. message, function()
      local _, problems = models.validate(id, input_of(id, changes))
      assert.equal(1, #problems)
      assert.equal(message, problems[1].message)
      assert.equal(message, tostring(problems))
      assert.equal(allowed, problems[1].allowed)
      assert.equal(value, problems[1].value)
    end)
  end

  it("says how a picture is meant to be given", function()
    local allowed = "an http(s) URL that ends with .png, .jpg, .jpeg or .webp, "
      .. "or a data URI of image/png, image/jpeg, image/jpg or image/webp"
    local SHOWN = {
      ["https://me:pw@a.b/c?k=v@w"] = '"https://a.b/c" with a query',
      ["https://a.b/c.gif"] = '"https://a.b/c.gif"',
      ["data:image/gif;base64,AAAA"] = "a data URI of image/gif, 26 bytes",
      ["data:,x"] = "a data URI of no type, 7 bytes",
    }
    for picture, shown in pairs(SHOWN) do
      local input = { prompt = "ab", image_input = { picture } }
      local problem = refuse("nano-banana-pro", input, "image_input[1]")
      assert.equal(allowed, problem.allowed)
      assert.equal(shown, problem.value)
      local start = "input.image_input[1] is " .. shown .. ": it must be "
      assert.equal(start .. allowed, problem.message)
    end
  end)

  it("looks at a bounded number of a list's items", function()
    local id = "flux-2-pro"
    local input = input_of(id, { reference_images = repeated(7, 5000) })
    local _, problems = models.validate(id, input)
    assert.equal(64 + 1, #problems) -- and that they are too many
  end)

  it("refuses an input that is no object", function()
    for _, input in ipairs({ "a cat", 5, true, { "a cat" }, print }) do
      local problem, problems = refuse("kling-v3-pro", input, "input")
      assert.is_false(problem.inferred)
      assert.is_false(problems.only_inferred)
      assert.truthy(problem.message:find("a table with names", 1, true))
    end
  end)

  it("keeps prompts, queries, credentials and data out of problems", function()
    local secret = "s3cret"
    local long = secret .. ("x"):rep(3000)
    local cases = {
      { prompt = long },
      { prompt = { secret } },
      { prompt = "ab", resolution = "https://a.b/c?key=" .. secret },
      { prompt = "ab", image_input = { "data:image/gif;base64," .. secret } },
      { prompt = "ab", image_input = { "data:" .. secret:rep(20) .. "," } },
      { prompt = "ab", image_input = { "https://a.b/c?key=" .. secret } },
      { prompt = "ab", image_input = { "https://a.b/c#" .. secret } },
      { prompt = "ab", image_input = { "https://me:" .. secret .. "@a.b/c" } },
      secret,
    }
    for _, input in ipairs(cases) do
      local _, problems = models.validate("nano-banana-pro", input)
      assert.equal(1, #problems)
      local shown = tostring(problems) .. tostring(problems[1].value)
      assert.is_nil(shown:find(secret, 1, true), shown)
      assert.is_true(#shown < 500, shown)
    end
  end)

  it("lets unknown models and unknown keys pass", function()
    accept("veo-3-1", { prompt = 5 })
    accept("veo-3-1", "not even a table")
    accept("z-image", { prompt = "a", future = { deep = { 0 / 0 } } })
    accept("z-image", { prompt = "a", [1] = "x", [true] = 2, [0.5] = {} })
    accept("nano-banana-pro", { prompt = "ab", use_google_search_tool = 1 })
  end)

  it("never raises and never hangs, whatever the input is", function()
    local cycle = { prompt = "a" }
    cycle.reference_images, cycle.image_input = cycle, { cycle, { cycle } }
    cycle.multi_prompt, cycle.elements = { cycle }, { cycle }
    cycle[cycle] = cycle
    local hostile = setmetatable({}, {
      __index = error,
      __newindex = error,
      __len = error,
      __pairs = error,
      __ipairs = error,
      __tostring = error,
      __eq = error,
      __lt = error,
      __metatable = false,
    })
    local many = repeated(hostile, 100000)
    local odd = {
      0,
      -1.5,
      0 / 0,
      1 / 0,
      "",
      "\0\255\n",
      ("\128"):rep(5000),
      true,
      false,
      print,
      coroutine.create(function() end),
      io.stdout,
      cjson.null,
      {},
      { 1 },
      { {} },
      { [0] = 1 },
      { [1e300] = 1 },
      { [1 / 0] = 1 },
      cycle,
      { cycle },
      hostile,
      { hostile },
      many,
    }
    for _, id in ipairs(IDS) do
      local parameters = models.get(id).parameters
      for _, value in ipairs(odd) do
        local ok, problems = models.validate(id, value)
        assert.is_true(ok or #problems > 0 and #tostring(problems) > 0)
        assert.equal("number", type((models.size(id, value))))
        assert.equal("string", type((models.format(id, value))))
        for _, spec in ipairs(parameters) do
          local input = input_of(id, { [spec.name] = value })
          ok, problems = models.validate(id, input)
          assert.is_true(ok or #tostring(problems) > 0)
          assert.is_true(ok or #problems < 100)
          assert.equal("number", type((models.size(id, input))))
          assert.equal("string", type((models.format(id, input))))
        end
      end
      assert.is_nil((models.validate(id, nil)))
      assert.is_nil((models.validate(id, { "a cat" })))
    end
  end)

  it("leaves out what was inferred in the mode \"documented\"", function()
    local input = input_of("imagen4-ultra", { seed = 4294967296, compression_quality = 0 })
    local _, problems = models.validate("imagen4-ultra", input, "documented")
    assert.equal(1, #problems)
    assert.equal("compression_quality", problems[1].parameter)
    for _, mode in ipairs { true, false } do
      assert.equal(2, #select(2, models.validate("imagen4-ultra", input, mode)))
    end
    local elements = input_of("kling-v3-pro", { elements = repeated({}, 4) })
    assert.is_true(models.validate("kling-v3-pro", elements, "documented"))
  end)

  it("suggests the parameter or the model that was probably meant", function()
    local function suggestion(id, input, parameter)
      local problem, problems = refuse(id, input, parameter)
      assert.is_false(problems.only_inferred)
      assert.truthy(problem.message:find('did you mean "' .. problem.suggestion .. '"', 1, true))
      assert.equal(problem.message, tostring(select(2, models.validate(id, input, "documented"))))
      return problem.suggestion
    end
    local input = input_of("z-image", { aspectRatio = "1:1" })
    assert.equal("aspect_ratio", suggestion("z-image", input, "aspectRatio"))
    input = input_of("kling-v3-pro", { multi_prompt = { { prompt = "a", durration = "3" } } })
    assert.equal("duration", suggestion("kling-v3-pro", input, "multi_prompt[1].durration"))
    assert.equal("z-image", suggestion("z-imge", { prompt = "a" }, "model"))
    assert.equal("seedream-v4-5", suggestion("seedream-v4.5", {}, "model"))
    accept("seedream-v4-6", {}) -- another version is another model
    accept("flux-2-max", {})
    accept("flux-2-pro", input_of("flux-2-pro", { input_image_5 = PNG, steps = 4 }))
    accept("nano-banana-pro", input_of("nano-banana-pro", { use_google_search_tool = 1 }))
  end)

  it("looks at a bounded number of unknown keys", function()
    local input = input_of("z-image")
    for i = 1, 1000 do
      input["prompt" .. ("x"):rep(i % 2) .. ("é"):rep(i)] = i
    end
    for i = 1, 100 do
      input[("p"):rep(i)] = i
    end
    assert.is_true((models.validate("z-image", input)))
  end)
end)
