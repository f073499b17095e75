-- Every example runs as its own process against the sandbox and leaves what it
-- says; so do the programs on the pages (spec/support/pages.lua).

local folders = require "spec.support.folder"
local pages = require "spec.support.pages"
local programs = require "spec.support.programs"
local sandbox = require "liangxin.sandbox"

local it_runs = programs.has_shell and it or pending

-- The files named in `text`, which must be pictures of this format and size.
local function assert_pictures(text, folder, count, ...)
  local found = 0
  for name in text:gmatch("out/(lx_task_[%w_-]+%.%w+)") do
    found = found + 1
    assert.same({ ... }, { programs.picture(folder .. "/out/" .. name) })
  end
  assert.equal(count, found)
end

-- What each example must say and leave in the folder out/ of `folder`.
local EXAMPLES = {
  ["01_pipeline.lua"] = function(output, folder)
    local page = programs.read(folder .. "/out/index.html")
    for _, text in ipairs {
      "z-image", "gemini-2.5-flash-image-preview", "kling-v3-pro",
      "a tea house by a lake at dawn, mist over the water",
      "a pine forest in the hills, golden evening light",
      "a lighthouse on a cliff at night, full moon",
      "a mountain village in the snow, evening",
      "the same forest on a winter night, falling snow",
      "waves rolling onto a beach at sunset",
      '"seed":"1001"', '"seed":"1002"', '"seed":"1003"', '"seed":"1004"', '"credits":8.5', '"credits":120',
    } do
      assert.truthy(page:find(text, 1, true), "not in the gallery: " .. text)
    end
    local shown = {}
    for name in page:gmatch('"url":"([^"]+)"') do
      shown[#shown + 1] = (programs.picture(folder .. "/out/" .. name))
    end
    assert.same({ "png", "png", "png", "png", "png", "gif" }, shown)
    assert.truthy(output:find("draft 1 generating", 1, true))
    assert.truthy(output:find("make example", 1, true))
  end,

  ["02_one_image.lua"] = function(output, folder)
    assert_pictures(output, folder, 1, "png", 1024, 768)
  end,

  ["03_many_at_once.lua"] = function(output, folder)
    assert_pictures(output, folder, 5, "png", 512, 512)
    assert.matches("a kite that never flies %[fail%]%s+task_failed: ", output)
    assert.matches("5 saved, 1 failed; %d+ requests, 2 of them sent again", output)
  end,

  ["04_frame_loop.lua"] = function(output, folder)
    assert_pictures(output, folder, 3, "png", 512, 512)
    local frames, worst = output:match("(%d+) frames; .*, ([%d.]+) ms in the worst frame")
    assert.is_true(tonumber(frames) > 30)
    assert.is_true(tonumber(worst) >= 0)
  end,

  ["05_fd_loop.lua"] = function(output)
    assert.matches("watching descriptor %d+\ndone: a clock tower\n", output)
    assert.matches("done: a clock tower at night\n", output)
  end,

  ["06_resume_by_id.lua"] = function(output, folder)
    local noted = output:match("noted (%S+)\n")
    assert.truthy(output:find("resumed " .. noted .. ": saved out/" .. noted .. "-1.png", 1, true))
    assert.equal("png", (programs.picture(folder .. "/out/" .. noted .. "-1.png")))
  end,

  ["07_errors.lua"] = function(output)
    assert.matches("kind deadline, charged maybe", output)
    assert.matches("waited again: 1 file\n", output)
    assert.matches("kind invalid_request, charged no, retryable false\n  input.prompt", output)
    assert.matches("kind task_failed, charged maybe, retryable false", output)
    assert.matches("| fail code: 501\n", output)
    assert.is_nil(output:find("broken vase", 1, true))
    assert.matches("kind outcome_unknown, charged maybe, retryable false", output)
    assert.matches("07_errors.lua:%d+: .*unknown option 'deadlne'; did you mean 'deadline'%?", output)
  end,

  ["08_callback_hint.lua"] = function(output)
    assert.matches("callback: {", output)
    local seconds, queries = output:match("1 file, known after (%d+) s, queries: (%d+)")
    assert.is_true(tonumber(seconds) < 20) -- when the next query was due
    assert.equal("1", queries)
  end,

  ["09_image_to_memory.lua"] = function(output)
    assert.matches("^%d+ bytes of image/png in memory\n768 x 1024 pixels\n$", output)
  end,

  ["10_video.lua"] = function(output, folder)
    assert.matches("still: lx_task_", output)
    assert.matches("video: success\n", output)
    local path = output:match("saved out/(%S+) %([%d]+ of [%d]+ KiB, image/gif%)")
    assert.same({ "gif", 480, 270 }, { programs.picture(folder .. "/out/" .. path) })
  end,

  ["11_resume_pipeline.lua"] = function(output, folder)
    for run, what in ipairs { "draft created", "draft saved", "edit created", "edit saved" } do
      assert.truthy(output:find(("run %d: kill -9, third %s"):format(run, what), 1, true), output)
    end
    assert.matches("the bill: 6 creates, 6 tasks billed", output)
    local pictures, parts = 0, 0
    for _, name in ipairs(folders.list(folder .. "/out")) do
      if name:find("%.png$") then
        pictures = pictures + 1
        assert.equal("png", (programs.picture(folder .. "/out/" .. name)))
      end
      parts = parts + (name:find("%.part$") and 1 or 0)
    end
    assert.same({ 6, 0 }, { pictures, parts })
  end,

  ["12_photo_edit.lua"] = function(output, folder)
    for _, origin in ipairs { "file", "result" } do
      local path = output:match("from the " .. origin .. ": out/(%S+)\n")
      assert.equal("png", (programs.picture(folder .. "/out/" .. path)))
    end
    assert.matches("12_photo_edit.lua is no PNG, JPEG, WebP, GIF or BMP by its bytes", output)
    assert.matches("nothing was sent %(file%)\n$", output)
  end,
}

describe("the example", function()
  local folder, ends = nil, {}

  -- They spend their time waiting, so all run at once.
  setup(function()
    if programs.has_shell then
      folder = folders.new()
      for name in pairs(EXAMPLES) do
        local own = folder .. "/" .. name
        assert(os.execute("mkdir '" .. own .. "'"))
        ends[name] = programs.start("examples/" .. name, own, "out")
      end
    end
  end)

  teardown(function()
    for _, finish in pairs(ends) do
      finish()
    end
    if folder then
      folders.remove(folder)
    end
  end)

  for _, name in ipairs(programs.has_shell and folders.list("examples") or {}) do
    if name:find("%.lua$") then
      it(name .. " does what it says", function()
        local check = assert(EXAMPLES[name], "no test knows examples/" .. name)
        local output, status = ends[name]()
        ends[name] = nil
        assert(status == 0, ("status %s: %s"):format(status, output))
        check(output, folder .. "/" .. name)
      end)
    end
  end
end)

local PAGES = {
  "README.md", "lua/liangxin/README.md", "lua/liangxin/models/README.md", "lua/liangxin/sandbox/README.md",
}

local function running_blocks()
  local blocks = {}
  for _, page in ipairs(PAGES) do
    for _, program in ipairs(pages.programs(page)) do
      blocks[#blocks + 1] = program.code
    end
  end
  return blocks
end

describe("the pages", function()
  local box, folder

  before_each(function()
    box = assert(sandbox.start())
    folder = programs.has_shell and folders.new()
  end)

  after_each(function()
    box.stop()
    if folder then
      folders.remove(folder)
    end
  end)

  it("name every kind of error, option and fault word", function()
    local reference = programs.read("lua/liangxin/README.md")
    for kind in pairs(require("liangxin.errors").KINDS) do
      assert.truthy(reference:find("\n| `" .. kind .. "` | ", 1, true), kind .. " is missing")
    end
    for name in pairs(require("liangxin.options").CLIENT) do
      assert.truthy(reference:find("\n| `" .. name .. "?` | ", 1, true), name .. " is missing")
    end
    local faults = programs.read("lua/liangxin/sandbox/README.md")
    for _, fault in ipairs(require "liangxin.sandbox.faults") do
      assert.truthy(faults:find("`" .. fault.word .. "`", 1, true), fault.word .. " is missing")
    end
  end)

  it("have no JSON that cannot be read", function()
    for _, page in ipairs(PAGES) do
      for block in programs.read(page):gmatch("\n```json\n(.-)```") do
        assert.truthy(require("cjson").decode(block), page)
      end
    end
  end)

  it("have no Lua that does not compile", function()
    local count = 0
    for _, page in ipairs(PAGES) do
      for block in programs.read(page):gmatch("\n```lua\n(.-)```") do
        local chunk, message = (loadstring or load)(block)
        assert.truthy(chunk, page .. ": " .. tostring(message))
        count = count + 1
      end
    end
    assert.is_true(count > 20)
  end)

  local blocks = running_blocks()

  it("have blocks that run", function()
    assert.is_true(#blocks >= 2)
  end)

  for i, block in ipairs(blocks) do
    local first_words = block:match("^[%-%s]*([^\n]*)")
    it_runs(("block %d runs: %s"):format(i, first_words), function()
      local file = assert(io.open(folder .. "/block.lua", "wb"))
      file:write(block)
      file:close()
      local finish = programs.start(folder .. "/block.lua", folder, nil, {
        LIANGXIN_BASE_URL = box.base_url,
        LIANGXIN_API_KEY = box.api_key,
      })
      local output, status = finish()
      assert(status == 0, ("status %s: %s"):format(status, output))
      local _, counters = box.requests()
      assert.is_true(counters.billed > 0, "it made no task")
      -- What it says that it saved, it saved.
      for name in output:gmatch("saved (%S+)") do
        assert.truthy(programs.picture(folder .. "/" .. name))
      end
    end)
  end
end)
