-- Flux 2 Pro: plain data. What the keys of a row mean is written in
-- models/init.lua.

local function dimension(name, default)
  return {
    name = name,
    type = "integer",
    min = 256,
    max = 1440,
    default = default,
    trust = "documented",
  }
end

local function input_image(name)
  return {
    name = name,
    type = "string",
    role = "image",
    data_uri = "inferred",
    min_length = 1,
    trust = "documented",
  }
end

return {
  {
    id = "flux-2-pro",
    family = "flux",
    description = "Pictures of an exact size, from a text and up to four "
      .. "pictures.",
    example = { prompt = "a hall of mirrors", width = 1024, height = 768 },
    title = "Flux 2 Pro",
    kind = "image",
    task = "text-to-image",
    also = { "edit" },
    trust = "documented",
    source = {
      documented = "docs.liangxin.ai/34592186e0",
      inferred = "Magnific API, Flux 2 Pro",
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
      dimension("width", 1024),
      dimension("height", 768),
      {
        name = "aspect_ratio",
        type = "string",
        enum = { "1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "21:9" },
        note = "alternative to width and height",
        trust = "documented",
      },
      input_image("input_image"),
      input_image("input_image_2"),
      input_image("input_image_3"),
      input_image("input_image_4"),
      {
        name = "reference_images",
        type = "array",
        role = "image",
        item = {
          type = "string",
          role = "image",
          data_uri = "inferred",
          min_length = 1,
        },
        trust = "documented",
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
        name = "prompt_upsampling",
        type = "boolean",
        default = false,
        trust = "documented",
        inferred = { default = true },
      },
    },
    combinations = {
      {
        rule = "both_or_neither",
        params = { "width", "height" },
        trust = "documented",
      },
      {
        rule = "at_most",
        params = {
          "input_image",
          "input_image_2",
          "input_image_3",
          "input_image_4",
          "reference_images",
        },
        count = 4,
        trust = "documented",
      },
    },
    size = {
      { pixels = { "width", "height" }, trust = "documented" },
      {
        -- "Map to dimensions" is all the page says: these are exact ratios
        -- inside the documented range, 4:3 being the documented default.
        by = { "aspect_ratio" },
        sizes = {
          ["1:1"] = { 1024, 1024 },
          ["16:9"] = { 1280, 720 },
          ["9:16"] = { 720, 1280 },
          ["4:3"] = { 1024, 768 },
          ["3:4"] = { 768, 1024 },
          ["3:2"] = { 1152, 768 },
          ["2:3"] = { 768, 1152 },
          ["21:9"] = { 1344, 576 },
        },
        trust = "inferred",
      },
      { default = { 1024, 768 }, trust = "documented" },
    },
    format = { default = "png", trust = "inferred" },
  },
}
