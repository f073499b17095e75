-- Google's models, Gemini and Nano Banana: plain data. What the keys of a row
-- mean is written in models/init.lua. Imagen has its own file.

local ratios = require("liangxin.models.ratios")

local UPSTREAM = "Magnific API, Google models"

local prompt = {
  name = "prompt",
  type = "string",
  role = "text",
  required = true,
  min_length = 2,
  max_length = 3000,
  trust = "documented",
}

-- The documents say how a URL ends. A query may follow: the results of this
-- very service, which are pictures for the next model, are signed in one.
local picture = {
  type = "string",
  role = "image",
  suffixes = { ".png", ".jpg", ".jpeg", ".webp" },
  data_uri = "documented",
  data_types = { "image/png", "image/jpeg", "image/jpg", "image/webp" },
}

-- How many there may be is said of both lists together: see combinations.
local function pictures(name)
  return {
    name = name,
    type = "array",
    role = "image",
    item = picture,
    trust = "documented",
  }
end

-- "Supported aliases" are mentioned and not listed, so a ratio outside of the
-- list is refused only as an inferred limit.
local aspect_ratio = {
  name = "aspect_ratio",
  type = "string",
  enum = {
    "1:1",
    "2:3",
    "3:2",
    "4:3",
    "3:4",
    "5:4",
    "4:5",
    "16:9",
    "9:16",
    "21:9",
  },
  aliases = ratios.names_to_colon,
  default = "1:1",
  trust = "documented",
  inferred = { enum = true, aliases = true },
}

-- The three words are documented; which size each stands for is inferred.
local function resolution(default)
  return {
    name = "resolution",
    type = "string",
    enum = { "1K", "2K", "4K" },
    aliases = { low = "1K", medium = "2K", high = "4K" },
    default = default,
    trust = "documented",
    inferred = { aliases = true },
  }
end

local output_format = {
  name = "output_format",
  type = "string",
  enum = { "png" },
  default = "png",
  trust = "documented",
}

local use_google_search_tool = {
  name = "use_google_search_tool",
  type = "boolean",
  default = false,
  trust = "documented",
  inferred = { default = true },
}

local combinations = {
  {
    rule = "at_most",
    params = { "image_input", "reference_images" },
    count = 3,
    trust = "documented",
  },
}

local function nano_size(default)
  return {
    {
      by = { "resolution", "aspect_ratio" },
      sizes = ratios.gemini_sizes,
      trust = "inferred",
    },
    { default = default, trust = "inferred" },
  }
end

local png_only = {
  parameter = "output_format",
  values = { png = "png" },
  default = "png",
  trust = "documented",
}

return {
  {
    id = "gemini-2.5-flash-image-preview",
    family = "gemini",
    description = "Pictures from a text, or edits of up to three pictures; "
      .. "decides the size itself.",
    example = {
      prompt = "make it night",
      reference_images = { "https://example.com/street.png" },
    },
    title = "Gemini 2.5 Flash Image Preview",
    kind = "image",
    task = "text-to-image",
    also = { "edit" },
    trust = "documented",
    source = {
      documented = "docs.liangxin.ai/market/google/"
        .. "gemini-2-5-flash-image-preview",
      inferred = UPSTREAM,
    },
    parameters = {
      {
        name = "prompt",
        type = "string",
        role = "text",
        required = true,
        min_length = 1,
        trust = "documented",
      },
      {
        name = "reference_images",
        type = "array",
        role = "image",
        max_items = 3,
        item = {
          type = "string",
          role = "image",
          data_uri = "inferred",
          min_length = 1,
        },
        trust = "documented",
        inferred = { max_items = true },
      },
    },
    size = { { default = { 1024, 1024 }, trust = "inferred" } },
    format = { default = "png", trust = "inferred" },
  },
  {
    id = "nano-banana-pro",
    family = "nano-banana",
    description = "Pictures of up to 4K with readable lettering, from a text "
      .. "and up to three pictures.",
    example = {
      prompt = "the same cup, on a marble table",
      image_input = { "https://example.com/cup.png" },
      aspect_ratio = "4:3",
      resolution = "2K",
    },
    title = "Nano Banana Pro",
    kind = "image",
    task = "text-to-image",
    also = { "edit" },
    trust = "documented",
    source = {
      documented = "docs.liangxin.ai/34592182e0",
      inferred = UPSTREAM,
    },
    parameters = {
      prompt,
      pictures("image_input"),
      pictures("reference_images"),
      aspect_ratio,
      resolution("2K"),
      output_format,
    },
    combinations = combinations,
    size = nano_size({ 2048, 2048 }),
    format = png_only,
  },
  {
    id = "nano-banana-pro-flash",
    family = "nano-banana",
    description = "The faster sister of nano-banana-pro; can look things up "
      .. "with Google.",
    example = {
      prompt = "a poster of today's weather in Turin",
      aspect_ratio = "1:1",
      resolution = "1K",
      use_google_search_tool = true,
    },
    title = "Nano Banana Pro Flash",
    kind = "image",
    task = "text-to-image",
    also = { "edit" },
    trust = "documented",
    source = {
      documented = "docs.liangxin.ai/34592183e0",
      inferred = UPSTREAM,
    },
    parameters = {
      prompt,
      pictures("image_input"),
      pictures("reference_images"),
      aspect_ratio,
      resolution("1K"),
      use_google_search_tool,
      output_format,
    },
    combinations = combinations,
    size = nano_size({ 1024, 1024 }),
    format = png_only,
  },
}
