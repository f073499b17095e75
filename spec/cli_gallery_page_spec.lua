-- The gallery's page as text: what a browser makes of it is clicked by
-- spec/gallery/clicks.js.

local json = require("liangxin.cli.json")
local page = require("liangxin.cli.gallery.page")
local folder = require("spec.support.folder")
local live = require("spec.support.live")

-- What the page's script reads.
local function entries_in(html)
  return json.decode(html:match('<script id="entries" type="application/json">(.-)</script>'))
end

local function shown(entry)
  entry.file = entry.file or "a.png"
  return entries_in(page.html({ title = "t", entries = { entry } }))[1]
end

describe("the gallery's page", function()
  it("holds title, text, facts and mark", function()
    local html = page.html({ title = "Tea & <cake>", text = "it's", facts = { { 3, "files" } }, entries = {} })
    assert.truthy(html:find("<title>Tea &amp; &lt;cake&gt;</title>", 1, true))
    assert.truthy(html:find("<p dir=\"auto\">it&#39;s</p>", 1, true))
    assert.truthy(html:find("<div><dt>files</dt><dd>3</dd></div>", 1, true))
    assert.truthy(html:sub(1, 2048):find(page.MARK, 1, true))
    assert.same({}, entries_in(html))
  end)

  it("lets no text out of its script", function()
    for _, text in ipairs({ "</script>", "<!-- <script>", "@style@ %1 %%", "]]>", "\0\8\27", '"\\' }) do
      local html = page.html({ title = "t", entries = { { file = "a.png", prompt = text } } })
      local data = html:match('<script id="entries" type="application/json">(.-)</script>')
      assert.is_nil(data:find("[<>&]"))
      assert.equal(text, json.decode(data)[1].prompt)
      local _, scripts = html:gsub("<script", "")
      assert.equal(2, scripts)
    end
  end)

  it("is UTF-8, whatever is in it", function()
    assert.equal("a\239\191\189b", shown({ prompt = "a\255b" }).prompt)
    local html = page.html({ title = "\237\160\128", text = "\254", entries = {} })
    assert.truthy(html:find("<title>\239\191\189\239\191\189\239\191\189</title>", 1, true))
    assert.is_nil(html:find("[\237\254]"))
  end)

  it("names files by URLs", function()
    assert.equal("../a%20b%23%25/%C3%A9.png", page.url_of("../a b#%/\195\169.png"))
    assert.equal("javascript%3Aalert%281%29", page.url_of("javascript:alert(1)"))
    assert.equal("/other/machine.png", page.url_of("//other/machine.png"))
    local entry = shown({ file = "../x/a%.PNG" })
    assert.same({ "../x/a%25.PNG", "a%.PNG" }, { entry.url, entry.name })
  end)

  it("knows pictures, clips, and what moves", function()
    local function kind(name)
      local entry = shown({ file = name })
      return { entry.video or false, entry.moves }
    end
    assert.same({ false, false }, kind("a.png"))
    assert.same({ false, true }, kind("a.gif"))
    assert.same({ true, true }, kind("a.MP4"))
    assert.same({ false, false }, kind("noname"))
  end)

  it("keeps large seeds, and leaves out numbers that are none", function()
    assert.equal("18446744073709551615", shown({ seed = "18446744073709551615" }).seed)
    assert.equal("4294967295", shown({ seed = 4294967295 }).seed)
    local entry = shown({ seconds = 0 / 0, credits = -1, when = math.huge, ratio = "wide" })
    assert.same({}, { entry.seconds, entry.credits, entry.when, entry.ratio })
  end)

  it("loads nothing from elsewhere", function()
    local html = page.html({ title = "t", entries = {} })
    assert.is_nil(html:find("https?://"))
    assert.truthy(html:find("default-src 'none'", 1, true))
  end)

  it("is written whole or not at all", function()
    local path = folder.new()
    assert.is_true(page.write(path .. "/p.html", { title = "t", entries = {} }))
    assert.same({ "p.html" }, folder.list(path))
    assert.equal(page.html({ title = "t", entries = {} }), live.read(path .. "/p.html"))
    local ok, why = page.write(path .. "/none/p.html", { title = "t", entries = {} })
    assert.is_nil(ok)
    assert.equal("string", type(why))
    folder.remove(path)
  end)
end)
