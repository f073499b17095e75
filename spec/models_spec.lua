-- The catalogue: its rows, what it hands out, and what an input comes out as.
-- The checker has its own specs, models_validate_spec and models_problems_spec.

local models = require("liangxin.models")
local inputs = require("spec.support.model_inputs")

local IDS = inputs.IDS

describe("the rows", function()
  local KEYS = {}
  for key in
    ([[name type required min max min_length max_length min_items max_items
    item fields enum aliases default note suffixes data_types data_uri
    role trust inferred]]):gmatch("%S+")
  do
    KEYS[key] = true
  end
  local TRUST = { documented = true, inferred = true }

  local function check_spec(spec, where)
    for key in pairs(spec) do
      assert.is_true(KEYS[key], where .. ": unknown key " .. key)
    end
    assert.is_true(TRUST[spec.trust], where .. ": trust")
    assert.is_true(spec.data_uri == nil or TRUST[spec.data_uri], where .. ": data_uri")
    assert.is_true(spec.data_uri == nil or spec.role == "image", where .. ": data_uri without a picture")
    for fact in pairs(spec.inferred or {}) do
      assert.not_nil(spec[fact], where .. ": inferred fact that is none: " .. fact)
    end
    local choices = {}
    for _, choice in ipairs(spec.enum or {}) do
      choices[choice] = true
    end
    for alias, choice in pairs(spec.aliases or {}) do
      assert.is_true(choices[choice], where .. ": alias " .. alias)
      assert.is_nil(choices[alias], where .. ": alias and choice " .. alias)
    end
    if spec.enum and spec.default ~= nil then
      assert.is_true(choices[spec.default], where .. ": default")
    end
    if spec.type == "array" then
      check_spec(spec.item, where .. "[]")
    end
    for _, field in ipairs(spec.fields or {}) do
      check_spec(field, where .. "." .. field.name)
    end
  end

  it("are the twelve models, in the order of the navigation", function()
    local ids = {}
    for i, model in ipairs(models.list()) do
      ids[i] = model.id
    end
    assert.same(IDS, ids)
  end)

  for _, id in ipairs(IDS) do
    it("are complete: " .. id, function()
      local model = models.get(id)
      assert.truthy(#model.title > 0)
      assert.truthy(model.kind == "image" or model.kind == "video")
      assert.equal("string", type(model.task))
      assert.truthy(model.family:find("^%l[%l-]+$"), model.family)
      assert.truthy(model.description:find("^%u.*%.$"), model.description)
      inputs.accept(id, model.example)
      assert.is_true(TRUST[model.trust])
      assert.truthy(model.source.documented or model.trust == "inferred")
      assert.equal("string", type(model.source.inferred))
      local names = {}
      for _, spec in ipairs(model.parameters) do
        assert.is_nil(names[spec.name], "twice: " .. spec.name)
        names[spec.name] = true
        check_spec(spec, id .. "." .. spec.name)
      end
      for _, rule in ipairs(model.combinations or {}) do
        assert.is_true(TRUST[rule.trust])
        for _, name in ipairs(rule.params) do
          assert.is_true(names[name], "rule about no parameter: " .. name)
        end
      end
      for _, step in ipairs(model.size) do
        assert.is_true(TRUST[step.trust])
        for _, name in ipairs(step.by or step.pixels or {}) do
          assert.is_true(names[name], "size by no parameter: " .. name)
        end
      end
      assert.truthy(model.size[#model.size].default)
    end)

    it("pass their own defaults: " .. id, function()
      local input = inputs.of(id)
      for _, spec in ipairs(models.get(id).parameters) do
        if spec.default ~= nil then
          input[spec.name] = spec.default
        end
      end
      inputs.accept(id, input)
    end)

    it("have a size for each choice: " .. id, function()
      local sized =
        { image_size = true, aspect_ratio = true, resolution = true }
      -- Google's published sizes for Imagen are that far from their ratios.
      local slack = id:find("^imagen") and 0.08 or 0.03
      for _, spec in ipairs(models.get(id).parameters) do
        for _, choice in ipairs(sized[spec.name] and spec.enum or {}) do
          local input = { [spec.name] = choice }
          local width, height = models.size(id, input)
          assert.truthy(width and height, spec.name .. " " .. choice)
          local across, down = choice:match("(%d+)[:_](%d+)$")
          if across then
            local off = (width / height) / (across / down) - 1
            assert.is_true(math.abs(off) < slack, choice)
          end
        end
      end
    end)
  end

  it("say which models make what", function()
    local tasks = {}
    for _, model in ipairs(models.list()) do
      tasks[model.id] = model.kind .. " " .. model.task
    end
    assert.equal("image text-to-image", tasks["seedream-v4-5"])
    assert.equal("image edit", tasks["seedream-v4-5-edit"])
    assert.equal("image edit", tasks["seedream-v5-lite-edit"])
    assert.equal("video text-to-video", tasks["kling-v3-pro"])
    assert.equal("video", models.kind("kling-v3-pro"))
    assert.equal("image", models.kind("z-image"))
    assert.is_nil(models.kind("veo-3-1"))
  end)

  it("say where data URIs are documented", function()
    local documented = {}
    for _, model in ipairs(models.list()) do
      for _, spec in ipairs(model.parameters) do
        if (spec.item or spec).data_uri == "documented" then
          documented[#documented + 1] = model.id .. "." .. spec.name
        end
      end
    end
    assert.same({
      "nano-banana-pro.image_input",
      "nano-banana-pro.reference_images",
      "nano-banana-pro-flash.image_input",
      "nano-banana-pro-flash.reference_images",
    }, documented)
  end)

  it("judge an unknown model by its name", function()
    for _, id in ipairs { "veo-3-1", "wan2.6-i2v", "Kling 3 omni", "runway/gen4", "sora2", "kling-v3-pro" } do
      assert.is_true(models.is_video(id), id)
    end
    for _, id in ipairs { "swan", "qwen-image", "z-image", "flux-2-max", "" } do
      assert.is_false(models.is_video(id), id)
    end
  end)

  it("tell documented facts from inferred ones", function()
    for _, model in ipairs(models.list()) do
      local is_inferred = model.id == "seedream-v5-lite-edit"
      assert.equal(is_inferred and "inferred" or "documented", model.trust)
    end
    local function trust(id, index)
      local spec = models.get(id).parameters[index]
      return spec.name .. " " .. spec.trust
    end
    assert.equal("prompt documented", trust("imagen4-fast", 1))
    assert.equal("aspect_ratio inferred", trust("imagen4-fast", 2))
    assert.equal("aspect_ratio documented", trust("imagen4-ultra", 2))
    local fields = models.get("kling-v3-pro").parameters[3].item.fields
    assert.equal("inferred", fields[1].trust)
  end)

  it("know the defaults", function()
    local DEFAULTS = {
      ["seedream-v4-5"] = {
        aspect_ratio = "square_1_1",
        enable_safety_checker = true,
      },
      ["z-image"] = {
        image_size = "square_hd",
        num_inference_steps = 8,
        output_format = "png",
        enable_safety_checker = true,
      },
      ["gemini-2.5-flash-image-preview"] = {},
      ["nano-banana-pro"] = {
        aspect_ratio = "1:1",
        resolution = "2K",
        output_format = "png",
      },
      ["nano-banana-pro-flash"] = {
        aspect_ratio = "1:1",
        resolution = "1K",
        use_google_search_tool = false,
        output_format = "png",
      },
      ["imagen4-ultra"] = {
        aspect_ratio = "square_1_1",
        person_generation = "allow_adult",
        safety_settings = "block_medium_and_above",
        language = "en",
        output_format = "png",
        compression_quality = 75,
      },
      ["flux-2-pro"] = {
        width = 1024,
        height = 768,
        prompt_upsampling = false,
      },
      ["kling-v3-pro"] = {
        generate_audio = true,
        aspect_ratio = "16:9",
        duration = "5",
        cfg_scale = 0.5,
      },
    }
    for id, expected in pairs(DEFAULTS) do
      local defaults = {}
      for _, spec in ipairs(models.get(id).parameters) do
        defaults[spec.name] = spec.default
      end
      assert.same(expected, defaults)
    end
  end)

  it("cannot be corrupted through what was handed out", function()
    local model = models.get("z-image")
    model.parameters[1].required = false
    model.parameters[2].enum[1] = "anything"
    models.list()[5].kind = "video"
    models.list()[1] = nil
    local _, problems = models.validate("z-image", { image_size = "anything" })
    assert.equal("prompt", problems[1].parameter)
    assert.equal("image_size", problems[2].parameter)
    assert.equal("z-image", models.list()[5].id)
    assert.equal("image", models.get("z-image").kind)
    assert.is_true(models.get("imagen4-ultra").parameters[1].required)
  end)
end)

describe("a model's id", function()
  it("raises at the caller when it is no string", function()
    for _, name in ipairs({ "get", "kind", "is_video", "validate", "size", "format" }) do
      for _, id in ipairs({ 5, {}, true }) do
        local ok, message = pcall(function()
          models[name](id, {}) -- the raising line
        end)
        assert.is_false(ok)
        assert.truthy(message:find("models_spec.lua:%d+:"), message)
        assert.truthy(message:find("models." .. name, 1, true), message)
      end
      assert.has_error(function()
        models[name]()
      end)
    end
    assert.is_nil(models.get("veo-3-1"))
  end)
end)
