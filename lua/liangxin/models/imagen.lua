-- Google's Imagen 4, Fast and Ultra: plain data. What the keys of a row mean
-- is written in models/init.lua.

local ratios = require("liangxin.models.ratios")

local UPSTREAM = "Magnific API, Imagen 4"

local parameters = {
  {
    name = "prompt",
    type = "string",
    role = "text",
    required = true,
    min_length = 1,
    trust = "documented",
  },
  {
    name = "aspect_ratio",
    type = "string",
    enum = {
      "square_1_1",
      "social_story_9_16",
      "widescreen_16_9",
      "traditional_3_4",
      "classic_4_3",
    },
    aliases = {
      ["1:1"] = "square_1_1",
      ["9:16"] = "social_story_9_16",
      ["16:9"] = "widescreen_16_9",
      ["3:4"] = "traditional_3_4",
      ["4:3"] = "classic_4_3",
    },
    default = "square_1_1",
    trust = "documented",
  },
  {
    name = "person_generation",
    type = "string",
    enum = { "dont_allow", "allow_adult", "allow_all" },
    default = "allow_adult",
    trust = "documented",
    inferred = { default = true },
  },
  {
    name = "safety_settings",
    type = "string",
    enum = {
      "block_low_and_above",
      "block_medium_and_above",
      "block_only_high",
      "block_none",
    },
    default = "block_medium_and_above",
    trust = "documented",
    inferred = { default = true },
  },
  {
    name = "seed",
    type = "integer",
    min = 1,
    max = 4294967295,
    note = "has no effect with enhance_prompt",
    trust = "documented",
    inferred = { max = true, note = true },
  },
  {
    name = "enhance_prompt",
    type = "boolean",
    trust = "documented",
  },
  {
    name = "language",
    type = "string",
    enum = { "auto", "en", "zh", "zh-CN", "hi", "ja", "ko", "pt", "es" },
    default = "en",
    trust = "documented",
    inferred = { default = true },
  },
  {
    name = "output_format",
    type = "string",
    enum = { "png", "jpeg" },
    aliases = {
      jpg = "jpeg",
      ["image/png"] = "png",
      ["image/jpeg"] = "jpeg",
    },
    default = "png",
    trust = "documented",
    inferred = { default = true },
  },
  {
    -- The upstream starts at 0; the service's page says 1 and goes first.
    name = "compression_quality",
    type = "integer",
    min = 1,
    max = 100,
    default = 75,
    note = "JPEG only",
    trust = "documented",
    inferred = { default = true, note = true },
  },
}

local size = {
  {
    by = { "aspect_ratio" },
    sizes = ratios.imagen_sizes,
    trust = "inferred",
  },
  { default = { 1024, 1024 }, trust = "inferred" },
}

local format = {
  parameter = "output_format",
  values = { png = "png", jpeg = "jpeg" },
  default = "png",
  trust = "inferred",
}

return {
  {
    id = "imagen4-fast",
    family = "imagen",
    description = "Imagen 4 when speed and price matter most.",
    example = { prompt = "a wooden bridge in the fog", aspect_ratio = "16:9" },
    title = "Imagen 4 Fast",
    kind = "image",
    task = "text-to-image",
    trust = "documented",
    source = {
      documented = "docs.liangxin.ai/34591206e0",
      inferred = UPSTREAM .. ", and the page of imagen4-ultra",
    },
    inferred_except = { prompt = true },
    parameters = parameters,
    size = size,
    format = format,
  },
  {
    id = "imagen4-ultra",
    family = "imagen",
    description = "Imagen 4 at its best, true to the prompt.",
    example = {
      prompt = "a wooden bridge in the fog",
      aspect_ratio = "16:9",
      output_format = "jpeg",
      compression_quality = 90,
    },
    title = "Imagen 4 Ultra",
    kind = "image",
    task = "text-to-image",
    trust = "documented",
    source = {
      documented = "docs.liangxin.ai/34592185e0",
      inferred = UPSTREAM,
    },
    parameters = parameters,
    size = size,
    format = format,
  },
}
