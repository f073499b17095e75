-- Kling 3 Pro, video: plain data. What the keys of a row mean is written in
-- models/init.lua. The service documents the model's name, its three uses and
-- an example with a prompt; every field below is the upstream's.

local function text(name, max_length, required)
  return {
    name = name,
    type = "string",
    role = "text",
    required = required,
    min_length = required and 1 or nil,
    max_length = max_length,
    trust = "inferred",
  }
end

local function frame(name)
  return {
    name = name,
    type = "string",
    role = "image",
    min_length = 1,
    note = "JPEG or PNG, at least 300x300, at most 10 MB, 1:2.5 to 2.5:1",
    trust = "inferred",
  }
end

return {
  {
    id = "kling-v3-pro",
    family = "kling",
    description = "Clips of 3 to 15 seconds with sound, from a text, a first "
      .. "and a last frame, or several shots.",
    example = {
      prompt = "the fog lifts, slow pan to the left",
      start_image_url = "https://example.com/lake.png",
      duration = "5",
    },
    title = "Kling 3 Pro",
    kind = "video",
    task = "text-to-video",
    also = { "image-to-video" },
    trust = "documented",
    source = {
      documented = "docs.liangxin.ai/market/kling/v3-pro-generate-video",
      inferred = "Magnific API, Kling 3 Pro",
    },
    parameters = {
      {
        name = "prompt",
        type = "string",
        role = "text",
        min_length = 1,
        max_length = 2500,
        note = "required unless multi_prompt is given",
        trust = "documented",
        inferred = { max_length = true, note = true },
      },
      { name = "multi_shot", type = "boolean", trust = "inferred" },
      {
        name = "multi_prompt",
        type = "array",
        min_items = 1,
        max_items = 6,
        item = {
          type = "object",
          fields = {
            text("prompt", 512, true),
            { name = "duration", type = "seconds", trust = "inferred" },
          },
        },
        trust = "inferred",
      },
      {
        name = "shot_type",
        type = "string",
        enum = { "customize", "intelligent" },
        trust = "inferred",
      },
      frame("start_image_url"),
      frame("end_image_url"),
      {
        name = "elements",
        type = "array",
        max_items = 3,
        item = {
          type = "object",
          fields = {
            {
              name = "reference_image_urls",
              type = "array",
              role = "image",
              item = { type = "string", role = "image", min_length = 1 },
              trust = "inferred",
            },
            frame("frontal_image_url"),
          },
        },
        note = "named @Element1, @Element2, ... in the prompt",
        trust = "inferred",
      },
      {
        name = "generate_audio",
        type = "boolean",
        default = true,
        trust = "inferred",
      },
      {
        name = "aspect_ratio",
        type = "string",
        enum = { "16:9", "9:16", "1:1" },
        default = "16:9",
        trust = "inferred",
      },
      {
        -- A string of digits, not a number.
        name = "duration",
        type = "string",
        enum = {
          "3",
          "4",
          "5",
          "6",
          "7",
          "8",
          "9",
          "10",
          "11",
          "12",
          "13",
          "14",
          "15",
        },
        default = "5",
        trust = "inferred",
      },
      text("negative_prompt", 2500),
      {
        name = "cfg_scale",
        type = "number",
        min = 0,
        max = 1,
        default = 0.5,
        trust = "inferred",
      },
    },
    combinations = {
      {
        rule = "one_of_required",
        params = { "prompt", "multi_prompt" },
        trust = "inferred",
      },
      {
        rule = "requires",
        params = { "multi_shot", "multi_prompt" },
        trust = "inferred",
      },
      {
        rule = "excludes",
        params = { "multi_shot", "end_image_url" },
        trust = "inferred",
      },
      {
        rule = "sum_at_most",
        params = { "multi_prompt" },
        field = "duration",
        count = 15,
        unit = "seconds",
        trust = "inferred",
      },
    },
    size = {
      {
        by = { "aspect_ratio" },
        sizes = {
          ["16:9"] = { 1920, 1080 },
          ["9:16"] = { 1080, 1920 },
          ["1:1"] = { 1080, 1080 },
        },
        trust = "inferred",
      },
      { default = { 1920, 1080 }, trust = "inferred" },
    },
    format = { default = "mp4", trust = "inferred" },
  },
}
