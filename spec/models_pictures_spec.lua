-- The checker of the catalogue on pictures: how many, which URLs, and what is no
-- URL at all.

local models = require("liangxin.models")
local inputs = require("spec.support.model_inputs")
local unpack = table.unpack or unpack

local PNG = inputs.PNG
local input_of, accept, refuse = inputs.of, inputs.accept, inputs.refuse
local repeated = inputs.repeated
local no_png = "https://cdn.example.com/a"
local signed = PNG .. "?token=exp=1~hmac=00"

describe("validate", function()
  it("asks for reference_images where there is something to edit", function()
    for _, id in ipairs({ "seedream-v4-5-edit", "seedream-v5-lite-edit" }) do
      local problem = refuse(id, { prompt = "fog" }, "reference_images")
      assert.is_true(problem.inferred)
    end
  end)

  it("counts the pictures of two parameters together", function()
    local two = { PNG, PNG }
    for _, id in ipairs({ "nano-banana-pro", "nano-banana-pro-flash" }) do
      local both = "image_input, reference_images"
      local input = input_of(id, { image_input = two })
      input.reference_images = { PNG }
      accept(id, input)
      accept(id, input_of(id, { image_input = repeated(PNG, 3) }))
      input.reference_images = two
      local problem = refuse(id, input, both)
      assert.is_false(problem.inferred)
      assert.truthy(problem.message:find("at most 3", 1, true))
      assert.truthy(problem.message:find("4", 1, true))
      refuse(id, input_of(id, { image_input = repeated(PNG, 4) }), both)
    end
    local flux = { input_image = PNG, input_image_2 = PNG, input_image_4 = PNG }
    flux.reference_images = { PNG }
    accept("flux-2-pro", input_of("flux-2-pro", flux))
    flux.input_image_3 = PNG
    local names = "input_image, input_image_2, input_image_3, input_image_4, "
      .. "reference_images"
    local input = input_of("flux-2-pro", flux)
    assert.is_false(refuse("flux-2-pro", input, names).inferred)
    input = input_of("flux-2-pro", { reference_images = repeated(PNG, 5) })
    refuse("flux-2-pro", input, names)
  end)

  it("wants pictures whose URL ends as the documents say", function()
    local id = "nano-banana-pro"
    local data = "data:%s;base64," .. ("A"):rep(100000)
    local accepted = {
      PNG,
      "https://cdn.example.com/A.JPG",
      "http://x/a.jpeg",
      "https://x/a.b.webp",
      signed,
      data:format("image/png"),
      data:format("IMAGE/JPEG"),
      data:format("image/webp"),
    }
    for _, picture in ipairs(accepted) do
      accept(id, input_of(id, { image_input = { picture } }))
      accept(id, input_of(id, { reference_images = { picture } }))
    end
    local refused = {
      no_png,
      PNG .. "x",
      "",
      data:format("image/gif"),
      7,
    }
    for _, picture in ipairs(refused) do
      local input = input_of(id, { image_input = { PNG, picture } })
      local problem = refuse(id, input, "image_input[2]")
      assert.is_false(problem.inferred)
      assert.is_true(#problem.message < 300, problem.message)
    end
    local input = input_of(id, { reference_images = { no_png .. "?token=exp=1~hmac=00" } })
    local problem = refuse(id, input, "reference_images[1]")
    assert.is_nil(problem.message:find("hmac", 1, true))
    assert.is_nil(problem.value:find("hmac", 1, true))
  end)

  it("refuses a path on this machine where a URL belongs", function()
    local PLACES = {
      { "nano-banana-pro", "image_input", true },
      { "gemini-2.5-flash-image-preview", "reference_images", true },
      { "seedream-v4-5-edit", "reference_images", true },
      { "flux-2-pro", "input_image" },
      { "kling-v3-pro", "end_image_url" },
    }
    local PATHS = { "cat.png", "/home/me/cat.png", "~/cat", "../a b.jpg", "C:\\cat.png", "file:///cat.png" }
    for _, place in ipairs(PLACES) do
      local id, name, is_list = unpack(place)
      for _, path in ipairs(PATHS) do
        local input = input_of(id, { [name] = is_list and { path } or path })
        local problem, problems = refuse(id, input, is_list and name .. "[1]" or name)
        assert.truthy(problem.message:find("liangxin.image(path)", 1, true), problem.message)
        assert.is_false(problems.only_inferred)
        assert.is_nil((models.validate(id, input, "documented")))
      end
    end
  end)

  it("says where data URIs are not documented", function()
    local input = input_of("flux-2-pro", { input_image = "data:image/png;base64,AAAA" })
    assert.is_true(refuse("flux-2-pro", input, "input_image").inferred)
    assert.is_true(models.validate("flux-2-pro", input, "documented"))
  end)
end)
