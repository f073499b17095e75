-- The pictures of a folder, and paths as a page names them.

local child = require("spec.support.child")
local folder = require("spec.support.folder")
local listing = require("liangxin.cli.gallery.folder")
local cli = require("spec.support.cli")

local it_runs = child.can_start and it or pending

describe("a folder's pictures", function()
  it_runs("are named, and nothing else", function()
    local path = folder.new()
    for _, name in ipairs({ "a.png", "b.JPG", "c.webm", "d.txt", "e.png.part", "f", "it's \"g\" $h.gif", "-i.png" }) do
      cli.write(path .. "/" .. name, "x")
    end
    local names = listing.names(path)
    table.sort(names)
    assert.same({ "-i.png", "a.png", "b.JPG", "c.webm", "it's \"g\" $h.gif" }, names)
    folder.remove(path)
  end)

  it_runs("are none where there is no folder, or a name that is no text for a shell", function()
    assert.same({}, listing.names("/nowhere/it's; touch x"))
    assert.same({}, listing.names("-l"))
  end)

  it("have paths without dots", function()
    assert.equal("/a/c", listing.normal("/a/./b/../c/."))
    assert.equal("/", listing.normal("/../.."))
  end)

  it("have paths as seen from the page", function()
    assert.equal("x.png", listing.relative("/a/b", "/a/b/x.png"))
    assert.equal("c/x.png", listing.relative("/a/b/", "/a/b/c/x.png"))
    assert.equal("../../c/x.png", listing.relative("/a/b/d", "/a/c/x.png"))
    assert.equal("a/x.png", listing.relative("/", "/a/x.png"))
    assert.equal("../a", listing.relative("/a", "/a"))
  end)
end)
