-- Seedream 4.5 and 5.0 Lite, text-to-image and edit: plain data.
-- What the keys of a row mean is written in models/init.lua.

local ratios = require("liangxin.models.ratios")

local UPSTREAM = "Magnific API, Seedream"

local prompt = {
  name = "prompt",
  type = "string",
  role = "text",
  required = true,
  min_length = 1,
  max_length = 4096,
  trust = "documented",
  inferred = { max_length = true },
}

local aspect_ratio = {
  name = "aspect_ratio",
  type = "string",
  enum = ratios.names,
  aliases = ratios.aliases,
  default = "square_1_1",
  trust = "documented",
}

local seed = {
  name = "seed",
  type = "integer",
  min = 0,
  max = 4294967295,
  trust = "documented",
  inferred = { min = true, max = true },
}

local enable_safety_checker = {
  name = "enable_safety_checker",
  type = "boolean",
  default = true,
  trust = "documented",
  inferred = { default = true },
}

-- "Up to 5" is documented, the field's name is the upstream's: so is the rest.
local reference_images = {
  name = "reference_images",
  type = "array",
  role = "image",
  required = true,
  min_items = 1,
  max_items = 5,
  item = {
    type = "string",
    role = "image",
    data_uri = "inferred",
    min_length = 1,
  },
  note = "JPEG or PNG of at least 256x256 and at most 10 MB",
  trust = "inferred",
}

local text_example = { prompt = "a tea house by a lake", aspect_ratio = "16:9" }
local edit_example = {
  prompt = "more fog",
  reference_images = { "https://example.com/lake.png" },
}

local text_parameters = {
  prompt,
  aspect_ratio,
  seed,
  enable_safety_checker,
}

local edit_parameters = {
  prompt,
  reference_images,
  aspect_ratio,
  seed,
  enable_safety_checker,
}

local size = {
  {
    by = { "aspect_ratio" },
    sizes = ratios.seedream_sizes,
    trust = "inferred",
  },
  { default = { 2048, 2048 }, trust = "inferred" },
}

local format = { default = "png", trust = "inferred" }

return {
  {
    id = "seedream-v4-5",
    family = "seedream",
    description = "Pictures of four megapixels from a text.",
    example = text_example,
    title = "Seedream 4.5",
    kind = "image",
    task = "text-to-image",
    trust = "documented",
    source = {
      documented = "docs.liangxin.ai/34591205e0",
      inferred = UPSTREAM,
    },
    parameters = text_parameters,
    size = size,
    format = format,
  },
  {
    id = "seedream-v4-5-edit",
    family = "seedream",
    description = "Edits up to five pictures as a text says.",
    example = edit_example,
    title = "Seedream 4.5 Edit",
    kind = "image",
    task = "edit",
    trust = "documented",
    source = {
      documented = "docs.liangxin.ai/market/seedream/4-5-edit-image",
      inferred = UPSTREAM,
    },
    inferred_except = { prompt = true },
    parameters = edit_parameters,
    size = size,
    format = format,
  },
  {
    id = "seedream-v5-lite",
    family = "seedream",
    description = "The next Seedream, in its light edition: pictures from a text.",
    example = text_example,
    title = "Seedream 5.0 Lite",
    kind = "image",
    task = "text-to-image",
    trust = "documented",
    source = {
      documented = "docs.liangxin.ai/market/seedream/v5-lite-text-to-image",
      inferred = UPSTREAM,
    },
    inferred_except = { prompt = true },
    parameters = text_parameters,
    size = size,
    format = format,
  },
  {
    id = "seedream-v5-lite-edit",
    family = "seedream",
    description = "The next Seedream, in its light edition: edits of up to five pictures.",
    example = edit_example,
    title = "Seedream 5.0 Lite Edit",
    kind = "image",
    task = "edit",
    trust = "inferred",
    source = { inferred = UPSTREAM },
    inferred_except = { prompt = true },
    parameters = edit_parameters,
    size = size,
    format = format,
  },
}
