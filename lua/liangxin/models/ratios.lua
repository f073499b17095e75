-- Picture ratios that several models share: the upstream's names, the same
-- ratios written with a colon, and the pixel sizes that belong to them.
-- Plain data: nothing here knows a model, a request or the checker.
-- Every size is inferred: the service's own pages state none of them.

local ratios = {}

-- The upstream's names, in the order of its documents.
ratios.names = {
  "square_1_1",
  "widescreen_16_9",
  "social_story_9_16",
  "classic_4_3",
  "traditional_3_4",
  "standard_3_2",
  "portrait_2_3",
  "cinematic_21_9",
}

-- What the service accepts in place of a name.
ratios.aliases = {
  ["1:1"] = "square_1_1",
  ["16:9"] = "widescreen_16_9",
  ["9:16"] = "social_story_9_16",
  ["4:3"] = "classic_4_3",
  ["3:4"] = "traditional_3_4",
  ["3:2"] = "standard_3_2",
  ["2:3"] = "portrait_2_3",
  ["21:9"] = "cinematic_21_9",
}

-- The same pairs the other way round, for models whose ratios are written
-- with a colon. That these models take the names is inferred.
ratios.names_to_colon = {
  square_1_1 = "1:1",
  widescreen_16_9 = "16:9",
  social_story_9_16 = "9:16",
  classic_4_3 = "4:3",
  traditional_3_4 = "3:4",
  standard_3_2 = "3:2",
  portrait_2_3 = "2:3",
  cinematic_21_9 = "21:9",
}

-- Four megapixels, from the upstream's Seedream pages.
ratios.seedream_sizes = {
  square_1_1 = { 2048, 2048 },
  widescreen_16_9 = { 2730, 1536 },
  social_story_9_16 = { 1536, 2730 },
  classic_4_3 = { 2364, 1774 },
  traditional_3_4 = { 1774, 2364 },
  standard_3_2 = { 2508, 1672 },
  portrait_2_3 = { 1672, 2508 },
  cinematic_21_9 = { 3062, 1312 },
}

-- From Google's page about Imagen 4, the smaller of its two rows.
ratios.imagen_sizes = {
  square_1_1 = { 1024, 1024 },
  widescreen_16_9 = { 1408, 768 },
  social_story_9_16 = { 768, 1408 },
  classic_4_3 = { 1280, 896 },
  traditional_3_4 = { 896, 1280 },
}

-- From Google's page about Gemini image models, by resolution, then ratio.
ratios.gemini_sizes = {
  ["1K"] = {
    ["1:1"] = { 1024, 1024 },
    ["2:3"] = { 848, 1264 },
    ["3:2"] = { 1264, 848 },
    ["3:4"] = { 896, 1200 },
    ["4:3"] = { 1200, 896 },
    ["4:5"] = { 928, 1152 },
    ["5:4"] = { 1152, 928 },
    ["9:16"] = { 768, 1376 },
    ["16:9"] = { 1376, 768 },
    ["21:9"] = { 1584, 672 },
  },
  ["2K"] = {
    ["1:1"] = { 2048, 2048 },
    ["2:3"] = { 1696, 2528 },
    ["3:2"] = { 2528, 1696 },
    ["3:4"] = { 1792, 2400 },
    ["4:3"] = { 2400, 1792 },
    ["4:5"] = { 1856, 2304 },
    ["5:4"] = { 2304, 1856 },
    ["9:16"] = { 1536, 2752 },
    ["16:9"] = { 2752, 1536 },
    ["21:9"] = { 3168, 1344 },
  },
  ["4K"] = {
    ["1:1"] = { 4096, 4096 },
    ["2:3"] = { 3392, 5056 },
    ["3:2"] = { 5056, 3392 },
    ["3:4"] = { 3584, 4800 },
    ["4:3"] = { 4800, 3584 },
    ["4:5"] = { 3712, 4608 },
    ["5:4"] = { 4608, 3712 },
    ["9:16"] = { 3072, 5504 },
    ["16:9"] = { 5504, 3072 },
    ["21:9"] = { 6336, 2688 },
  },
}

return ratios
