-- The checker of the catalogue against the documents: each rule with inputs
-- that keep it and inputs that break it.

local models = require("liangxin.models")
local inputs = require("spec.support.model_inputs")
local cjson = require("cjson").new()
local unpack = table.unpack or unpack

local IDS, PNG = inputs.IDS, inputs.PNG
local input_of, accept, refuse = inputs.of, inputs.accept, inputs.refuse
local repeated = inputs.repeated

local function words(text)
  local list = {}
  for word in text:gmatch("%S+") do
    list[#list + 1] = word
  end
  return list
end

describe("validate", function()
  describe("takes the service's own examples:", function()
    local EXAMPLES = {
      ["seedream-v4-5"] = { prompt = "tea", aspect_ratio = "16:9", seed = 1 },
      ["z-image"] = {
        prompt = "cafe terrace",
        image_size = "square_hd",
        seed = 12345,
        num_inference_steps = 28,
        output_format = "png",
        enable_safety_checker = true,
      },
      ["gemini-2.5-flash-image-preview"] = {
        prompt = "make it night",
        reference_images = { PNG },
      },
      ["nano-banana-pro-flash"] = {
        prompt = "a poster",
        aspect_ratio = "1:1",
        resolution = "1K",
        use_google_search_tool = false,
        output_format = "png",
      },
      ["imagen4-ultra"] = {
        prompt = "a bridge",
        aspect_ratio = "9:16",
        person_generation = "allow_adult",
        safety_settings = "block_only_high",
        seed = 1,
        enhance_prompt = true,
        language = "zh-CN",
        output_format = "image/jpeg",
        compression_quality = 100,
      },
      ["flux-2-pro"] = { prompt = "a hall", width = 1024, height = 768 },
      ["kling-v3-pro"] = { prompt = "a cup", duration = "5" },
    }
    for id, input in pairs(EXAMPLES) do
      it(id, function()
        accept(id, input)
      end)
    end
  end)

  -- {model, parameter, accepted values, refused values, inferred?}
  local D, I = false, true
  local signed = PNG .. "?token=exp=1~hmac=00"
  local base64 = "/9j/" .. ("A"):rep(100) -- of a JPEG
  local CASES = {
    { "z-image", "prompt", { "x", ("x"):rep(4096) }, { "", 5, {} }, D },
    { "z-image", "prompt", {}, { ("x"):rep(4097) }, I },
    {
      "z-image",
      "image_size",
      words("square square_hd portrait_3_4 portrait_9_16 landscape_4_3 "
        .. "landscape_16_9"),
      { 1024 },
      D,
    },
    { "z-image", "image_size", {}, { "huge" }, I },
    { "z-image", "aspect_ratio", { "1:1", "classic_4_3" }, { "7:5" }, I },
    { "z-image", "seed", { 0, 4294967295 }, { 1.5, "1", 0 / 0, 1 / 0 }, D },
    { "z-image", "seed", {}, { -1, 4294967296 }, I },
    { "z-image", "num_inference_steps", { 1, 50 }, { "28" }, D },
    { "z-image", "num_inference_steps", {}, { 0, 51 }, I },
    { "z-image", "output_format", { "png", "jpeg" }, { "webp" }, I },
    { "z-image", "enable_safety_checker", { true, false }, { "true", 1 }, D },
    {
      "seedream-v4-5",
      "aspect_ratio",
      words("1:1 16:9 9:16 4:3 3:4 3:2 2:3 21:9 square_1_1 widescreen_16_9 "
        .. "social_story_9_16 classic_4_3 traditional_3_4 standard_3_2 "
        .. "portrait_2_3 cinematic_21_9"),
      { "5:4", "1x1", "" },
      D,
    },
    { "seedream-v4-5", "prompt", { ("x"):rep(4096) }, { "", 5 }, D },
    { "seedream-v4-5", "prompt", {}, { ("x"):rep(4097) }, I },
    { "seedream-v4-5", "seed", { 0, 4294967295 }, { "1", 0.5 }, D },
    { "seedream-v4-5", "seed", {}, { -1, 4294967296 }, I },
    { "seedream-v5-lite", "aspect_ratio", { "2:3" }, { "5:4" }, I },
    { "seedream-v4-5", "enable_safety_checker", { false }, { 0 }, D },
    {
      "seedream-v4-5-edit",
      "reference_images",
      { { PNG }, repeated(PNG, 5) },
      { {}, repeated(PNG, 6), PNG, { a = PNG }, { PNG, [3] = PNG } },
      I,
    },
    {
      "gemini-2.5-flash-image-preview",
      "reference_images",
      { {}, { signed }, { base64 }, repeated(PNG, 3) },
      { PNG, { url = PNG } },
      D,
    },
    {
      "gemini-2.5-flash-image-preview",
      "reference_images",
      {},
      { repeated(PNG, 4) },
      I,
    },
    {
      "nano-banana-pro",
      "prompt",
      { "ab", ("é"):rep(3000) },
      { "a", "é", ("é"):rep(3001) },
      D,
    },
    {
      "nano-banana-pro",
      "aspect_ratio",
      words("1:1 2:3 3:2 4:3 3:4 5:4 4:5 16:9 9:16 21:9 square_1_1"),
      { 1 },
      D,
    },
    { "nano-banana-pro", "aspect_ratio", {}, { "1:4" }, I },
    {
      "nano-banana-pro",
      "resolution",
      words("1K 2K 4K low medium high"),
      { "8K", 4 },
      D,
    },
    { "nano-banana-pro", "output_format", { "png" }, { "jpeg", "PNG" }, D },
    {
      "nano-banana-pro-flash",
      "use_google_search_tool",
      { true },
      { "yes" },
      D,
    },
    {
      "imagen4-ultra",
      "aspect_ratio",
      words("square_1_1 social_story_9_16 widescreen_16_9 traditional_3_4 "
        .. "classic_4_3 1:1 9:16 16:9 3:4 4:3"),
      { "21:9", "auto" },
      D,
    },
    {
      "imagen4-ultra",
      "person_generation",
      words("dont_allow allow_adult allow_all"),
      { "all" },
      D,
    },
    {
      "imagen4-ultra",
      "safety_settings",
      words("block_low_and_above block_medium_and_above block_only_high "
        .. "block_none"),
      { "none" },
      D,
    },
    { "imagen4-ultra", "seed", { 1 }, { 0 }, D },
    { "imagen4-ultra", "seed", { 4294967295 }, { 4294967296 }, I },
    { "imagen4-ultra", "enhance_prompt", { true }, { "on" }, D },
    {
      "imagen4-ultra",
      "language",
      words("auto en zh zh-CN hi ja ko pt es"),
      { "fr" },
      D,
    },
    {
      "imagen4-ultra",
      "output_format",
      words("png jpeg jpg image/png image/jpeg"),
      { "gif" },
      D,
    },
    { "imagen4-ultra", "compression_quality", { 1, 100 }, { 0, 101 }, D },
    { "imagen4-fast", "prompt", { "x" }, { "" }, D },
    { "imagen4-fast", "compression_quality", { 1 }, { 0 }, I },
    {
      "flux-2-pro",
      "aspect_ratio",
      words("1:1 16:9 9:16 4:3 3:4 3:2 2:3 21:9"),
      { "5:4", "square_1_1" },
      D,
    },
    { "flux-2-pro", "input_image", { PNG, signed, base64 }, { "", { PNG } }, D },
    { "flux-2-pro", "reference_images", { repeated(PNG, 4) }, { PNG }, D },
    { "flux-2-pro", "seed", { 0, 4294967295 }, { "1" }, D },
    { "flux-2-pro", "seed", {}, { -1, 4294967296 }, I },
    { "flux-2-pro", "prompt_upsampling", { true }, { "no" }, D },
    {
      "kling-v3-pro",
      "duration",
      words("3 4 5 6 7 8 9 10 11 12 13 14 15"),
      { 5, "2", "16", "5.0", "05" },
      I,
    },
    { "kling-v3-pro", "cfg_scale", { 0, 0.5, 1 }, { -0.1, 1.1, "1" }, I },
    { "kling-v3-pro", "cfg_scale", {}, { 0 / 0, -1 / 0 }, D },
    { "kling-v3-pro", "aspect_ratio", { "9:16" }, { "4:3" }, I },
    { "kling-v3-pro", "generate_audio", { false }, { "on" }, I },
    { "kling-v3-pro", "multi_shot", { false }, { 1 }, I },
    { "kling-v3-pro", "shot_type", { "customize" }, { "custom" }, I },
    { "kling-v3-pro", "start_image_url", { PNG }, { "" }, I },
    { "kling-v3-pro", "end_image_url", { PNG }, { 1 }, I },
    { "kling-v3-pro", "negative_prompt", { "" }, { ("x"):rep(2501) }, I },
    { "kling-v3-pro", "prompt", { ("x"):rep(2500) }, { ("x"):rep(2501) }, I },
    {
      "kling-v3-pro",
      "multi_prompt",
      { repeated({ prompt = "a" }, 6), { { prompt = ("é"):rep(512) } } },
      { {}, repeated({ prompt = "a" }, 7), "a" },
      I,
    },
    { "kling-v3-pro", "elements", { {}, repeated({}, 3) }, { { a = 1 }, repeated({}, 4) }, I },
  }

  for _, case in ipairs(CASES) do
    local id, name, accepted, refused, inferred = unpack(case)
    local kind = inferred and " (inferred)" or ""
    it("knows " .. id .. "'s " .. name .. kind, function()
      for _, value in ipairs(accepted) do
        accept(id, input_of(id, { [name] = value }))
      end
      for _, value in ipairs(refused) do
        local input = input_of(id, { [name] = value })
        local problem, problems = refuse(id, input, name)
        assert.equal(inferred, problem.inferred, problem.message)
        assert.equal(inferred, problems.only_inferred)
        local note = problem.message:find("inferred limit", 1, true)
        assert.equal(inferred, note ~= nil, problem.message)
        assert.truthy(problem.message:find(problem.allowed, 1, true))
      end
    end)
  end

  -- What the service's own pages say about each model; the rest is inferred.
  local DOCUMENTED = {
    ["seedream-v4-5"] = "prompt aspect_ratio seed enable_safety_checker",
    ["seedream-v4-5-edit"] = "prompt",
    ["seedream-v5-lite"] = "prompt",
    ["seedream-v5-lite-edit"] = "prompt",
    ["z-image"] = "prompt image_size aspect_ratio seed num_inference_steps "
      .. "output_format enable_safety_checker",
    ["gemini-2.5-flash-image-preview"] = "prompt reference_images",
    ["nano-banana-pro"] = "prompt image_input reference_images aspect_ratio "
      .. "resolution output_format",
    ["nano-banana-pro-flash"] = "prompt image_input reference_images "
      .. "aspect_ratio resolution use_google_search_tool output_format",
    ["imagen4-fast"] = "prompt",
    ["imagen4-ultra"] = "prompt aspect_ratio person_generation "
      .. "safety_settings seed enhance_prompt language output_format "
      .. "compression_quality",
    ["flux-2-pro"] = "prompt width height aspect_ratio input_image "
      .. "input_image_2 input_image_3 input_image_4 reference_images seed "
      .. "prompt_upsampling",
    ["kling-v3-pro"] = "prompt",
  }

  for _, id in ipairs(IDS) do
    it("refuses a wrong type of every parameter: " .. id, function()
      local documented = {}
      for _, name in ipairs(words(DOCUMENTED[id])) do
        documented[name] = true
      end
      for _, spec in ipairs(models.get(id).parameters) do
        local input = input_of(id, { [spec.name] = print })
        if spec.name == "width" or spec.name == "height" then
          input.width, input.height = input.width or 256, input.height or 256
        end
        local problem = refuse(id, input, spec.name)
        local expected = not documented[spec.name]
        assert.equal(expected, problem.inferred, problem.message)
        documented[spec.name] = nil
      end
      assert.is_nil(next(documented), "documented and not in the row")
    end)
  end

  for _, id in ipairs(IDS) do
    it("asks for a prompt: " .. id, function()
      local is_kling = id == "kling-v3-pro"
      local name = is_kling and "prompt, multi_prompt" or "prompt"
      local without = input_of(id)
      without.prompt = nil
      local nulled = input_of(id, { prompt = cjson.null })
      for _, input in ipairs({ without, nulled }) do
        local problem = refuse(id, input, name)
        assert.equal(is_kling, problem.inferred)
        assert.truthy(problem.message:find("required", 1, true))
        assert.truthy(problem.message:find("prompt", 1, true))
      end
    end)

    it("takes JSON null as absent: " .. id, function()
      local input = input_of(id)
      for _, spec in ipairs(models.get(id).parameters) do
        if input[spec.name] == nil then
          input[spec.name] = cjson.null
        end
      end
      accept(id, input)
    end)
  end

  it("takes width and height together or not at all", function()
    local id = "flux-2-pro"
    accept(id, input_of(id, { width = 256, height = 1440 }))
    accept(id, input_of(id, { width = cjson.null }))
    for _, half in ipairs({ { width = 512 }, { height = 512 } }) do
      local problem = refuse(id, input_of(id, half), "width, height")
      assert.is_false(problem.inferred)
      local missing = half.width and "height" or "width"
      assert.truthy(problem.message:find(missing .. " is missing", 1, true))
    end
    refuse(id, input_of(id, { width = 255, height = 256 }), "width")
    refuse(id, input_of(id, { width = 1440, height = 1441 }), "height")
    refuse(id, input_of(id, { width = 512.5, height = 512 }), "width")
  end)

  it("knows the rules between kling-v3-pro's parameters", function()
    local id = "kling-v3-pro"
    local shots = { { prompt = "a" } }
    accept(id, input_of(id, { multi_shot = true, multi_prompt = shots }))
    accept(id, input_of(id, { multi_shot = false, end_image_url = PNG }))
    accept(id, input_of(id, { multi_prompt = shots, end_image_url = PNG }))
    local input = input_of(id, { multi_shot = true })
    assert.is_true(refuse(id, input, "multi_shot, multi_prompt").inferred)
    input = input_of(id, { multi_shot = true, multi_prompt = shots, end_image_url = PNG })
    assert.is_true(refuse(id, input, "multi_shot, end_image_url").inferred)
    input = input_of(id, { multi_prompt = { { prompt = ("é"):rep(513) } } })
    assert.is_true(refuse(id, input, "multi_prompt[1].prompt").inferred)
  end)

  it("looks into the shots and elements of kling-v3-pro", function()
    local id = "kling-v3-pro"
    local function shots(...)
      return { multi_prompt = { ... } }
    end
    local shot = { prompt = "a", duration = "5" }
    accept(id, shots(shot, shot, { prompt = "b", duration = 5 }))
    refuse(id, shots({ duration = "5" }), "multi_prompt[1].prompt")
    refuse(id, shots(shot, "b"), "multi_prompt[2]")
    refuse(id, shots(shot, { "b" }), "multi_prompt[2]")
    local five = { prompt = "a", duration = "five" }
    refuse(id, shots(five), "multi_prompt[1].duration")
    local long = refuse(id, shots(shot, shot, shot, shot), "multi_prompt")
    assert.truthy(long.message:find("15 seconds", 1, true))
    assert.truthy(long.message:find("20", 1, true))
    local element = { reference_image_urls = { PNG }, frontal_image_url = PNG }
    accept(id, input_of(id, { elements = { element } }))
    local wrong = { { reference_image_urls = { 1 } } }
    refuse(
      id,
      input_of(id, { elements = wrong }),
      "elements[1].reference_image_urls[1]"
    )
  end)
end)

