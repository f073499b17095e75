-- `liangxin gallery`: the pictures of a folder as one page.

local cli = require("spec.support.cli")
local json = require("liangxin.cli.json")
local paint = require("liangxin.paint").paint

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
