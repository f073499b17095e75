-- What an input comes out as: its size in pixels and its format.

local models = require("liangxin.models")
local inputs = require("spec.support.model_inputs")
local cjson = require("cjson").new()
local unpack = table.unpack or unpack

local IDS = inputs.IDS

describe("size", function()
  local SIZES = {
    ["seedream-v4-5"] = {
      { {}, 2048, 2048 },
      { { aspect_ratio = "16:9" }, 2730, 1536 },
      { { aspect_ratio = "4:3" }, 2364, 1774 },
      { { aspect_ratio = "3:2" }, 2508, 1672 },
      { { aspect_ratio = "21:9" }, 3062, 1312 },
      { { aspect_ratio = "no such ratio" }, 2048, 2048 },
    },
    ["seedream-v5-lite-edit"] = {
      { { aspect_ratio = "portrait_2_3" }, 1672, 2508 },
    },
    ["z-image"] = {
      { {}, 1024, 1024 },
      { { image_size = "square" }, 512, 512 },
      { { image_size = "huge" }, 1024, 1024 },
      { { image_size = "landscape_4_3" }, 1024, 768 },
      { { image_size = "landscape_16_9" }, 1024, 576 },
      { { aspect_ratio = "9:16" }, 576, 1024 },
      { { aspect_ratio = "social_story_9_16" }, 576, 1024 },
      { { aspect_ratio = "9:16", image_size = "square" }, 512, 512 },
      { { aspect_ratio = "9:16", image_size = cjson.null }, 576, 1024 },
    },
    ["gemini-2.5-flash-image-preview"] = {
      { { aspect_ratio = "16:9" }, 1024, 1024 },
    },
    ["nano-banana-pro"] = {
      { {}, 2048, 2048 },
      { { aspect_ratio = "16:9" }, 2752, 1536 },
      { { resolution = "4K" }, 4096, 4096 },
      { { resolution = "low", aspect_ratio = "cinematic_21_9" }, 1584, 672 },
    },
    ["nano-banana-pro-flash"] = {
      { {}, 1024, 1024 },
      { { aspect_ratio = "16:9" }, 1376, 768 },
    },
    ["imagen4-ultra"] = {
      { {}, 1024, 1024 },
      { { aspect_ratio = "16:9" }, 1408, 768 },
      { { aspect_ratio = "4:3" }, 1280, 896 },
    },
    ["imagen4-fast"] = { { { aspect_ratio = "traditional_3_4" }, 896, 1280 } },
    ["flux-2-pro"] = {
      { {}, 1024, 768, "documented" },
      { { width = 300, height = 1440 }, 300, 1440, "documented" },
      {
        { width = 300, height = 1440, aspect_ratio = "1:1" },
        300,
        1440,
        "documented",
      },
      { { width = 300 }, 1024, 768, "documented" },
      { { width = 1e9, height = 1e9 }, 1024, 768, "documented" },
      { { aspect_ratio = "1:1" }, 1024, 1024 },
      { { aspect_ratio = "16:9" }, 1280, 720 },
      { { aspect_ratio = "4:3" }, 1024, 768 },
      { { aspect_ratio = "2:3" }, 768, 1152 },
      { { aspect_ratio = "21:9" }, 1344, 576 },
    },
    ["kling-v3-pro"] = {
      { {}, 1920, 1080 },
      { { aspect_ratio = "9:16" }, 1080, 1920 },
      { { aspect_ratio = "1:1" }, 1080, 1080 },
    },
  }
  for _, id in ipairs(IDS) do
    for _, row in ipairs(SIZES[id] or {}) do
      local input, width, height, trust = unpack(row)
      local text = "is %d x %d for %s %s"
      it(text:format(width, height, id, cjson.encode(input)), function()
        local expected = { width, height, trust or "inferred" }
        assert.same(expected, { models.size(id, input) })
      end)
    end
  end

  -- Google's rows double from 1K to 2K to 4K.
  it("doubles with the resolution", function()
    local id = "nano-banana-pro"
    for _, ratio in ipairs(models.get(id).parameters[4].enum) do
      local width, height = models.size(id, {
        aspect_ratio = ratio,
        resolution = "1K",
      })
      for factor, resolution in pairs({ [2] = "2K", [4] = "4K" }) do
        local input = { aspect_ratio = ratio, resolution = resolution }
        local wide, high = models.size(id, input)
        assert.same({ factor * width, factor * height }, { wide, high })
      end
    end
  end)

  it("turns with the ratio", function()
    local turned = {
      ["16:9"] = "9:16",
      ["4:3"] = "3:4",
      ["3:2"] = "2:3",
      ["5:4"] = "4:5",
    }
    for _, id in ipairs(IDS) do
      for wide, tall in pairs(turned) do
        local width, height = models.size(id, { aspect_ratio = wide })
        local across, down = models.size(id, { aspect_ratio = tall })
        local is_default = across == models.size(id, {}) and across == width
        if not is_default then
          assert.same({ width, height }, { down, across }, id .. " " .. wide)
        end
      end
    end
  end)

  it("of an empty input is that of the defaults", function()
    for _, model in ipairs(models.list()) do
      local defaults = {}
      for _, spec in ipairs(model.parameters) do
        defaults[spec.name] = spec.default
      end
      local expected = { models.size(model.id, defaults) }
      assert.same(expected, { models.size(model.id, {}) })
    end
  end)

  it("is nothing for an unknown model", function()
    assert.is_nil(models.size("veo-3-1", {}))
  end)
end)

describe("format", function()
  local FORMATS = {
    { "z-image", {}, "png" },
    { "z-image", { output_format = "jpeg" }, "jpeg" },
    { "z-image", { output_format = "bmp" }, "png" },
    { "imagen4-ultra", { output_format = "jpg" }, "jpeg" },
    { "imagen4-ultra", { output_format = "image/png" }, "png" },
    { "imagen4-fast", { output_format = "image/jpeg" }, "jpeg" },
    { "nano-banana-pro", {}, "png", "documented" },
    { "seedream-v4-5", { output_format = "jpeg" }, "png" },
    { "kling-v3-pro", {}, "mp4" },
  }
  for _, row in ipairs(FORMATS) do
    local id, input, format, trust = unpack(row)
    it(("is %s for %s %s"):format(format, id, cjson.encode(input)), function()
      local expected = { format, trust or "inferred" }
      assert.same(expected, { models.format(id, input) })
    end)
  end

  it("is nothing for an unknown model", function()
    assert.is_nil(models.format("veo-3-1", {}))
  end)
end)
