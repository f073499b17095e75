-- Which names are a typing error away from another.

local spelling = require "liangxin.spelling"

local NAMES = {}
for name in
  ([[prompt seed aspect_ratio input_image input_image_2 negative_prompt z-image
  nano-banana-pro seedream-v4-5 kling-v3-pro imagen4-ultra on_progress]]):gmatch("%S+")
do
  NAMES[name] = true
end

describe("spelling.near", function()
  local NEAR = {
    promt = "prompt", -- a letter missing
    prompts = "prompt", -- one too many
    prompy = "prompt", -- another one
    pormpt = "prompt", -- two swapped
    Prompt = "prompt",
    aspectRatio = "aspect_ratio",
    ["Aspect ratio"] = "aspect_ratio",
    negativ_promt = "negative_prompt", -- two errors in a long name
    nano_banana_pro = "nano-banana-pro",
    ["seedream-v4.5"] = "seedream-v4-5",
    ["imgaen4-ultra"] = "imagen4-ultra",
  }
  for name, expected in pairs(NEAR) do
    it("takes " .. name .. " for " .. expected, function()
      assert.equal(expected, spelling.near(name, NAMES))
    end)
  end

  -- Two errors in a short name, other versions and numbers, other words.
  local FAR = {
    "sd", "size", "pmt", "kling-v2-pro", "kling-v3-std", "seedream-v5-5",
    "input_image_3", "image_url", "nano-banana", "overwrite", "n", "", ("p"):rep(100),
  }
  for _, name in ipairs(FAR) do
    it("takes " .. name:sub(1, 20) .. " for nothing", function()
      assert.is_nil(spelling.near(name, NAMES))
    end)
  end

  it("prefers the nearest, then the first in the alphabet", function()
    assert.equal("cats", spelling.near("catss", { cats = true, cat = true }))
    assert.equal("aact", spelling.near("acct", { bcct = true, aact = true }))
  end)
end)
