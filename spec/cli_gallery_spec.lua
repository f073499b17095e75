-- `liangxin gallery`: the pictures of a folder as one page.

local cli = require("spec.support.cli")
local folder = require("spec.support.folder")
local json = require("liangxin.cli.json")
local paint = require("liangxin.paint").paint

local liangxin = require("liangxin")
local sandbox_client = require("spec.support.sandbox_client")

local it_runs = cli.has_shell and it or pending

local function entries_in(html)
  return json.decode(html:match('<script id="entries" type="application/json">(.-)</script>'))
end

describe("liangxin gallery", function()
  local home

  before_each(function()
    home = cli.home()
  end)

  after_each(function()
    home:remove()
    sandbox_client.stop_all()
  end)

  -- A journal that saved two pictures, whose prompts are given, into pictures/.
  local function save_two(...)
    local options = sandbox_client.start({ speed = 1000 }).options
    options.journal = home.path .. "/studio.db"
    home:write("config/liangxin/config.lua", ("return { journal = %q }"):format(options.journal))
    local client = liangxin.new(options)
    for i, prompt in ipairs({ ... }) do
      local input = { prompt = prompt, seed = 40 + i, image_size = "landscape_16_9" }
      local wish = { key = "tea/" .. i, save = home.path .. "/pictures/" }
      assert(client:generate("z-image", input, wish))
    end
    client:close()
  end

  it_runs("makes no folder of a misspelt name", function()
    local said = home:run("gallery dta")
    assert.same({ 2, "", "liangxin: there is no folder dta\n" }, { said.status, said.out, said.err })
    assert.is_nil(home:read("dta/gallery.html"))
  end)

  it_runs("shows the pictures of a folder", function()
    home:write("data/lx_task_7-1.png", paint({ width = 96, height = 54, prompt = "a hill", model = "m" }))
    home:write("data/notes.txt", "none")
    local said = home:run("gallery data --title 'My <trip>'")
    assert.equal(home.path .. "/data/gallery.html\n", said.out)
    assert.same({ 0, "" }, { said.status, said.err })
    local html = home:read("data/gallery.html")
    assert.truthy(html:find("<h1 dir=\"auto\">My &lt;trip&gt;</h1>", 1, true))
    local entries = entries_in(html)
    assert.equal(1, #entries)
    assert.same({ "lx_task_7-1.png", "lx_task_7" }, { entries[1].url, entries[1].task_id })
    assert.near(96 / 54, entries[1].ratio, 1e-9)
  end)

  it_runs("shows what the journal saved, the newest first", function()
    save_two("a tea house </script>", "a hill")
    local said = home:run("gallery -o pages/all.html")
    assert.same({ 0, "" }, { said.status, said.err })
    local html = home:read("pages/all.html")
    local entries = entries_in(html)
    assert.equal(2, #entries)
    assert.equal("a hill", entries[1].prompt)
    local first = entries[2]
    assert.same({ "a tea house </script>", "z-image", "tea/1", "41", 8.5 },
      { first.prompt, first.model, first.label, first.seed, first.credits })
    assert.equal("../pictures/" .. first.task_id .. "-1.png", first.url)
    assert.near(16 / 9, first.ratio, 1e-9)
    assert.is_true(math.abs(first.when - os.time()) < 3600)
    assert.truthy(html:find("<dt>credits</dt><dd>17</dd>", 1, true))
    assert.same({}, folder.list(home.path .. "/data/liangxin")) -- the export is gone
  end)

  it_runs("shows a folder with what the journal knows of it, and says what is gone", function()
    save_two("a tea house", "a hill")
    home:write("pictures/other.png", "x")
    assert.equal(0, home:run("gallery pictures/../pictures").status)
    local found = {}
    for _, entry in ipairs(entries_in(home:read("pictures/gallery.html"))) do
      found[entry.prompt or entry.name] = entry.url
    end
    assert.equal("other.png", found["other.png"])
    assert.matches("^lx_task_.+%.png$", found["a hill"])
    assert(os.remove(home.path .. "/pictures/" .. found["a hill"]))
    local said = home:run("gallery")
    assert.equal("1 of the 2 files that the journal saved are gone\n", said.err)
    assert.equal(1, #entries_in(home:read("gallery.html")))
  end)

  it_runs("shows the folder where the journal cannot be read", function()
    home:write("config/liangxin/config.lua", ("return { journal = %q }"):format(home.path .. "/none.db"))
    home:write("none.db", ("no journal\n"):rep(100))
    home:write("data/a.png", "x")
    local said = home:run("gallery data")
    assert.equal(0, said.status)
    assert.matches("the journal cannot be read", said.err)
    assert.equal(1, #entries_in(home:read("data/gallery.html")))
  end)

  it_runs("writes where it is told, and names files from there", function()
    home:write("data/a.png", "x")
    local said = home:run("gallery data -o pages/new/trip.html")
    assert.equal(home.path .. "/pages/new/trip.html\n", said.out)
    assert.equal("../../data/a.png", entries_in(home:read("pages/new/trip.html"))[1].url)
  end)

  it_runs("replaces its own page, and no other file", function()
    assert.equal(0, home:run("gallery").status)
    assert.equal(0, home:run("gallery").status)
    home:write("gallery.html", "<p>mine</p>")
    local said = home:run("gallery")
    assert.same({ 2, "" }, { said.status, said.out })
    assert.matches("name another with %-o", said.err)
    assert.equal("<p>mine</p>", home:read("gallery.html"))
  end)

  it_runs("says so when there is nothing, and when it cannot write", function()
    local said = home:run("gallery data")
    assert.equal(0, said.status)
    assert.matches("no pictures in " .. home.path .. "/data yet", said.err, 1, true)
    home:write("file", "x")
    said = home:run("gallery data -o file/page.html")
    assert.same({ 1, "" }, { said.status, said.out })
    assert.matches("cannot be written", said.err)
  end)
end)
