---@meta liangxin.models.types

-- Written by `make docs` from the catalogue. Never loaded: with it, editors
-- complete and check model names, parameters and choices in client:generate.
-- A star marks what is inferred; another spelling or value may be accepted.
-- luacheck: ignore 631

---Seedream 4.5: Pictures of four megapixels from a text.
---@class liangxin.input.seedream_v4_5
---@field prompt string 1 to 4096* characters
---@field aspect_ratio? "16:9"|"1:1"|"21:9"|"2:3"|"3:2"|"3:4"|"4:3"|"9:16"|"cinematic_21_9"|"classic_4_3"|"portrait_2_3"|"social_story_9_16"|"square_1_1"|"standard_3_2"|"traditional_3_4"|"widescreen_16_9" default square_1_1
---@field seed? integer 0* to 4294967295*
---@field enable_safety_checker? boolean default true*

---Seedream 4.5 Edit: Edits up to five pictures as a text says.
---@class liangxin.input.seedream_v4_5_edit
---@field prompt string 1 to 4096* characters
---@field reference_images liangxin.Picture[] * 1 to 5 items; or a data URI; JPEG or PNG of at least 256x256 and at most 10 MB
---@field aspect_ratio? "16:9"|"1:1"|"21:9"|"2:3"|"3:2"|"3:4"|"4:3"|"9:16"|"cinematic_21_9"|"classic_4_3"|"portrait_2_3"|"social_story_9_16"|"square_1_1"|"standard_3_2"|"traditional_3_4"|"widescreen_16_9"|string * default square_1_1
---@field seed? integer * 0 to 4294967295
---@field enable_safety_checker? boolean * default true

---Seedream 5.0 Lite: The next Seedream, in its light edition: pictures from a text.
---@class liangxin.input.seedream_v5_lite
---@field prompt string 1 to 4096* characters
---@field aspect_ratio? "16:9"|"1:1"|"21:9"|"2:3"|"3:2"|"3:4"|"4:3"|"9:16"|"cinematic_21_9"|"classic_4_3"|"portrait_2_3"|"social_story_9_16"|"square_1_1"|"standard_3_2"|"traditional_3_4"|"widescreen_16_9"|string * default square_1_1
---@field seed? integer * 0 to 4294967295
---@field enable_safety_checker? boolean * default true

---Seedream 5.0 Lite Edit: The next Seedream, in its light edition: edits of up to five pictures.
---@class liangxin.input.seedream_v5_lite_edit
---@field prompt string 1 to 4096* characters
---@field reference_images liangxin.Picture[] * 1 to 5 items; or a data URI; JPEG or PNG of at least 256x256 and at most 10 MB
---@field aspect_ratio? "16:9"|"1:1"|"21:9"|"2:3"|"3:2"|"3:4"|"4:3"|"9:16"|"cinematic_21_9"|"classic_4_3"|"portrait_2_3"|"social_story_9_16"|"square_1_1"|"standard_3_2"|"traditional_3_4"|"widescreen_16_9"|string * default square_1_1
---@field seed? integer * 0 to 4294967295
---@field enable_safety_checker? boolean * default true

---Z-Image: Fast and cheap pictures from a text.
---@class liangxin.input.z_image
---@field prompt string 1 to 4096* characters
---@field image_size? "landscape_16_9"|"landscape_4_3"|"portrait_3_4"|"portrait_9_16"|"square"|"square_hd"|string wins over aspect_ratio when both are given; default square_hd
---@field aspect_ratio? "16:9"|"1:1"|"3:4"|"4:3"|"9:16"|"classic_4_3"|"social_story_9_16"|"square_1_1"|"traditional_3_4"|"widescreen_16_9"|string
---@field seed? integer 0* to 4294967295*
---@field num_inference_steps? integer 1* to 50*; default 8*
---@field output_format? "jpeg"|"png"|string default png*
---@field enable_safety_checker? boolean default true*

---Gemini 2.5 Flash Image Preview: Pictures from a text, or edits of up to three pictures; decides the size itself.
---@class liangxin.input.gemini_2_5_flash_image_preview
---@field prompt string not empty
---@field reference_images? liangxin.Picture[] at most 3* items; or a data URI*

---Nano Banana Pro: Pictures of up to 4K with readable lettering, from a text and up to three pictures.
---@class liangxin.input.nano_banana_pro
---@field prompt string 2 to 3000 characters
---@field image_input? liangxin.Picture[] URL that ends with .png .jpg .jpeg .webp; or a data URI
---@field reference_images? liangxin.Picture[] URL that ends with .png .jpg .jpeg .webp; or a data URI
---@field aspect_ratio? "16:9"|"1:1"|"21:9"|"2:3"|"3:2"|"3:4"|"4:3"|"4:5"|"5:4"|"9:16"|"cinematic_21_9"|"classic_4_3"|"portrait_2_3"|"social_story_9_16"|"square_1_1"|"standard_3_2"|"traditional_3_4"|"widescreen_16_9"|string default 1:1
---@field resolution? "1K"|"2K"|"4K"|"high"|"low"|"medium" default 2K
---@field output_format? "png" default png

---Nano Banana Pro Flash: The faster sister of nano-banana-pro; can look things up with Google.
---@class liangxin.input.nano_banana_pro_flash
---@field prompt string 2 to 3000 characters
---@field image_input? liangxin.Picture[] URL that ends with .png .jpg .jpeg .webp; or a data URI
---@field reference_images? liangxin.Picture[] URL that ends with .png .jpg .jpeg .webp; or a data URI
---@field aspect_ratio? "16:9"|"1:1"|"21:9"|"2:3"|"3:2"|"3:4"|"4:3"|"4:5"|"5:4"|"9:16"|"cinematic_21_9"|"classic_4_3"|"portrait_2_3"|"social_story_9_16"|"square_1_1"|"standard_3_2"|"traditional_3_4"|"widescreen_16_9"|string default 1:1
---@field resolution? "1K"|"2K"|"4K"|"high"|"low"|"medium" default 1K
---@field use_google_search_tool? boolean default false*
---@field output_format? "png" default png

---Imagen 4 Fast: Imagen 4 when speed and price matter most.
---@class liangxin.input.imagen4_fast
---@field prompt string not empty
---@field aspect_ratio? "16:9"|"1:1"|"3:4"|"4:3"|"9:16"|"classic_4_3"|"social_story_9_16"|"square_1_1"|"traditional_3_4"|"widescreen_16_9"|string * default square_1_1
---@field person_generation? "allow_adult"|"allow_all"|"dont_allow"|string * default allow_adult
---@field safety_settings? "block_low_and_above"|"block_medium_and_above"|"block_none"|"block_only_high"|string * default block_medium_and_above
---@field seed? integer * 1 to 4294967295; has no effect with enhance_prompt
---@field enhance_prompt? boolean *
---@field language? "auto"|"en"|"es"|"hi"|"ja"|"ko"|"pt"|"zh"|"zh-CN"|string * default en
---@field output_format? "image/jpeg"|"image/png"|"jpeg"|"jpg"|"png"|string * default png
---@field compression_quality? integer * 1 to 100; JPEG only; default 75

---Imagen 4 Ultra: Imagen 4 at its best, true to the prompt.
---@class liangxin.input.imagen4_ultra
---@field prompt string not empty
---@field aspect_ratio? "16:9"|"1:1"|"3:4"|"4:3"|"9:16"|"classic_4_3"|"social_story_9_16"|"square_1_1"|"traditional_3_4"|"widescreen_16_9" default square_1_1
---@field person_generation? "allow_adult"|"allow_all"|"dont_allow" default allow_adult*
---@field safety_settings? "block_low_and_above"|"block_medium_and_above"|"block_none"|"block_only_high" default block_medium_and_above*
---@field seed? integer 1 to 4294967295*; has no effect with enhance_prompt*
---@field enhance_prompt? boolean
---@field language? "auto"|"en"|"es"|"hi"|"ja"|"ko"|"pt"|"zh"|"zh-CN" default en*
---@field output_format? "image/jpeg"|"image/png"|"jpeg"|"jpg"|"png" default png*
---@field compression_quality? integer 1 to 100; JPEG only*; default 75*

---Flux 2 Pro: Pictures of an exact size, from a text and up to four pictures.
---@class liangxin.input.flux_2_pro
---@field prompt string not empty
---@field width? integer 256 to 1440; default 1024
---@field height? integer 256 to 1440; default 768
---@field aspect_ratio? "16:9"|"1:1"|"21:9"|"2:3"|"3:2"|"3:4"|"4:3"|"9:16" alternative to width and height
---@field input_image? liangxin.Picture or a data URI*
---@field input_image_2? liangxin.Picture or a data URI*
---@field input_image_3? liangxin.Picture or a data URI*
---@field input_image_4? liangxin.Picture or a data URI*
---@field reference_images? liangxin.Picture[] or a data URI*
---@field seed? integer 0* to 4294967295*
---@field prompt_upsampling? boolean default false*

---Kling 3 Pro: Clips of 3 to 15 seconds with sound, from a text, a first and a last frame, or several shots.
---@class liangxin.input.kling_v3_pro
---@field prompt? string 1 to 2500* characters; required unless multi_prompt is given*
---@field multi_shot? boolean *
---@field multi_prompt? ({ prompt: string, duration?: number|string })[] * 1 to 6 items
---@field shot_type? "customize"|"intelligent"|string *
---@field start_image_url? liangxin.Picture * JPEG or PNG, at least 300x300, at most 10 MB, 1:2.5 to 2.5:1
---@field end_image_url? liangxin.Picture * JPEG or PNG, at least 300x300, at most 10 MB, 1:2.5 to 2.5:1
---@field elements? { reference_image_urls?: liangxin.Picture[], frontal_image_url?: liangxin.Picture }[] * at most 3 items; named @Element1, @Element2, ... in the prompt
---@field generate_audio? boolean * default true
---@field aspect_ratio? "16:9"|"1:1"|"9:16"|string * default 16:9
---@field duration? "10"|"11"|"12"|"13"|"14"|"15"|"3"|"4"|"5"|"6"|"7"|"8"|"9"|string * default 5
---@field negative_prompt? string * at most 2500 characters
---@field cfg_scale? number * 0 to 1; default 0.5

---@class liangxin.Client
---@field generate fun(self: liangxin.Client, model: "seedream-v4-5", input: liangxin.input.seedream_v4_5, opts?: liangxin.GenerateOptions): liangxin.Result?, liangxin.Error?
---@field generate fun(self: liangxin.Client, model: "seedream-v4-5-edit", input: liangxin.input.seedream_v4_5_edit, opts?: liangxin.GenerateOptions): liangxin.Result?, liangxin.Error?
---@field generate fun(self: liangxin.Client, model: "seedream-v5-lite", input: liangxin.input.seedream_v5_lite, opts?: liangxin.GenerateOptions): liangxin.Result?, liangxin.Error?
---@field generate fun(self: liangxin.Client, model: "seedream-v5-lite-edit", input: liangxin.input.seedream_v5_lite_edit, opts?: liangxin.GenerateOptions): liangxin.Result?, liangxin.Error?
---@field generate fun(self: liangxin.Client, model: "z-image", input: liangxin.input.z_image, opts?: liangxin.GenerateOptions): liangxin.Result?, liangxin.Error?
---@field generate fun(self: liangxin.Client, model: "gemini-2.5-flash-image-preview", input: liangxin.input.gemini_2_5_flash_image_preview, opts?: liangxin.GenerateOptions): liangxin.Result?, liangxin.Error?
---@field generate fun(self: liangxin.Client, model: "nano-banana-pro", input: liangxin.input.nano_banana_pro, opts?: liangxin.GenerateOptions): liangxin.Result?, liangxin.Error?
---@field generate fun(self: liangxin.Client, model: "nano-banana-pro-flash", input: liangxin.input.nano_banana_pro_flash, opts?: liangxin.GenerateOptions): liangxin.Result?, liangxin.Error?
---@field generate fun(self: liangxin.Client, model: "imagen4-fast", input: liangxin.input.imagen4_fast, opts?: liangxin.GenerateOptions): liangxin.Result?, liangxin.Error?
---@field generate fun(self: liangxin.Client, model: "imagen4-ultra", input: liangxin.input.imagen4_ultra, opts?: liangxin.GenerateOptions): liangxin.Result?, liangxin.Error?
---@field generate fun(self: liangxin.Client, model: "flux-2-pro", input: liangxin.input.flux_2_pro, opts?: liangxin.GenerateOptions): liangxin.Result?, liangxin.Error?
---@field generate fun(self: liangxin.Client, model: "kling-v3-pro", input: liangxin.input.kling_v3_pro, opts?: liangxin.GenerateOptions): liangxin.Result?, liangxin.Error?
