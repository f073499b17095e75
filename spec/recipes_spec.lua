-- Every recipe of examples/recipes runs as it stands on the page, against a
-- sandbox, and prints and saves what the page says.

local folders = require("spec.support.folder")
local pages = require("spec.support.pages")
local programs = require("spec.support.programs")
local sandbox = require("liangxin.sandbox")

local it_runs = programs.has_shell and it or pending
local recipes = pages.programs("examples/recipes/README.md")

describe("the recipe", function()
  local box, folder
  local finish = {}

  local function start(recipe, i)
    local own = ("%s/%d"):format(folder, i)
    assert(os.execute("mkdir '" .. own .. "'"))
    local file = assert(io.open(own .. "/recipe.lua", "wb"))
    file:write(recipe.code)
    file:close()
    finish[i] = programs.start(own .. "/recipe.lua", own, nil, {
      LIANGXIN_BASE_URL = box.base_url,
      LIANGXIN_API_KEY = box.api_key,
    })
  end

  -- They spend their time waiting, so all run at once.
  setup(function()
    if programs.has_shell then
      box = assert(sandbox.start({ speed = 10, side = 160 }))
      folder = folders.new()
      for i, recipe in ipairs(recipes) do
        start(recipe, i)
      end
    end
  end)

  teardown(function()
    for _, wait in pairs(finish) do
      wait()
    end
    if folder then
      box.stop()
      folders.remove(folder)
    end
  end)

  for i, recipe in ipairs(recipes) do
    it_runs("runs: " .. recipe.title, function()
      local output, status = finish[i]()
      finish[i] = nil
      assert(status == 0, output)
      pages.assert_prints(assert(recipe.prints, "the page does not say what it prints"), output)
      for name in output:gmatch("saved (%S+)") do
        assert.truthy(programs.picture(("%s/%d/%s"):format(folder, i, name)))
      end
    end)
  end
end)
