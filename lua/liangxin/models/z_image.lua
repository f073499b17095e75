-- Z-Image: plain data. What the keys of a row mean is written in
-- models/init.lua.

local SIZES = {
  square = { 512, 512 },
  square_hd = { 1024, 1024 },
  portrait_3_4 = { 768, 1024 },
  portrait_9_16 = { 576, 1024 },
  landscape_4_3 = { 1024, 768 },
  landscape_16_9 = { 1024, 576 },
}

return {
  {
    id = "z-image",
    family = "z-image",
    description = "Fast and cheap pictures from a text.",
    example = {
      prompt = "cafe terrace",
      image_size = "square_hd",
      seed = 12345,
      num_inference_steps = 28,
      output_format = "png",
    },
    title = "Z-Image",
    kind = "image",
    task = "text-to-image",
    trust = "documented",
    source = {
      documented = "docs.liangxin.ai/34592180e0",
      inferred = "Magnific API, Z-Image",
    },
    parameters = {
      {
        name = "prompt",
        type = "string",
        role = "text",
        required = true,
        min_length = 1,
        max_length = 4096,
        trust = "documented",
        inferred = { max_length = true },
      },
      {
        name = "image_size",
        type = "string",
        enum = {
          "square",
          "square_hd",
          "portrait_3_4",
          "portrait_9_16",
          "landscape_4_3",
          "landscape_16_9",
        },
        default = "square_hd",
        note = "wins over aspect_ratio when both are given",
        trust = "documented",
        inferred = { enum = true },
      },
      {
        -- "Common ratios map to image sizes": which ones is nowhere listed.
        name = "aspect_ratio",
        type = "string",
        enum = { "1:1", "4:3", "3:4", "16:9", "9:16" },
        aliases = {
          square_1_1 = "1:1",
          classic_4_3 = "4:3",
          traditional_3_4 = "3:4",
          widescreen_16_9 = "16:9",
          social_story_9_16 = "9:16",
        },
        trust = "documented",
        inferred = { enum = true, aliases = true },
      },
      {
        name = "seed",
        type = "integer",
        min = 0,
        max = 4294967295,
        trust = "documented",
        inferred = { min = true, max = true },
      },
      {
        -- The service's example asks for 28; the upstream's default is 8.
        name = "num_inference_steps",
        type = "integer",
        min = 1,
        max = 50,
        default = 8,
        trust = "documented",
        inferred = { min = true, max = true, default = true },
      },
      {
        name = "output_format",
        type = "string",
        enum = { "png", "jpeg" },
        default = "png",
        trust = "documented",
        inferred = { enum = true, default = true },
      },
      {
        name = "enable_safety_checker",
        type = "boolean",
        default = true,
        trust = "documented",
        inferred = { default = true },
      },
    },
    size = {
      { by = { "image_size" }, sizes = SIZES, trust = "inferred" },
      {
        by = { "aspect_ratio" },
        sizes = {
          ["1:1"] = SIZES.square_hd,
          ["4:3"] = SIZES.landscape_4_3,
          ["3:4"] = SIZES.portrait_3_4,
          ["16:9"] = SIZES.landscape_16_9,
          ["9:16"] = SIZES.portrait_9_16,
        },
        trust = "inferred",
      },
      { default = SIZES.square_hd, trust = "inferred" },
    },
    format = {
      parameter = "output_format",
      values = { png = "png", jpeg = "jpeg" },
      default = "png",
      trust = "inferred",
    },
  },
}
