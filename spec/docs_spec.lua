-- What `make docs` reads and what `make lint` finds in pages.

package.path = ".ci/?.lua;" .. package.path

local annotations = require "docs.annotations"
local api = require "docs.api"
local markdown = require "docs.markdown"
local pages = require "docs.pages"

local TYPES = [[
---@meta thing

-- First part ----
-- Some prose.

---A box.
---@class thing.Box: thing.Base
---@field size? integer|"auto" in cm,
---rounded
---@field fill fun(a: integer, b?: string): boolean called once
local Box = {}

---Open it.
---```lua
---box:open()
---```
---@param how string
---@return thing.Box? box
---@return string? err a word
function Box:open(how) end
]]

describe("annotations", function()
  local section = annotations.read(TYPES)[1]
  local class, open = section.items[1], section.items[2]

  it("are read by section, with its prose", function()
    assert.equal("First part", section.title)
    assert.same({ "Some prose." }, section.prose)
    assert.equal(2, #section.items)
  end)

  it("have fields with their types, over several lines", function()
    assert.equal("thing.Box", class.name)
    assert.equal("thing.Base", class.parent)
    assert.equal("A box.", class.description)
    assert.same({ name = "size", optional = true, type = 'integer|"auto"', description = "in cm, rounded" },
      class.fields[1])
    assert.equal("fun(a: integer, b?: string): boolean", class.fields[2].type)
    assert.equal("called once", class.fields[2].description)
  end)

  it("have functions with arguments and returns", function()
    assert.equal("Box:open", open.name)
    assert.equal("Open it.\n```lua\nbox:open()\n```", open.description)
    assert.equal("how", open.params[1].name)
    assert.same({ "box", "err" }, { open.returns[1].name, open.returns[2].name })
    assert.equal("a word", open.returns[2].description)
  end)

  it("become a page whose links lead somewhere", function()
    local page = api.page(annotations.read(TYPES), "# Head\n")
    assert.truthy(page:find('| `size?` | `integer` or `"auto"` | in cm, rounded |', 1, true))
    assert.same({}, pages.complaints("x.md", page))
  end)
end)

describe("the anchors of headings", function()
  it("are those of GitHub", function()
    local slug = markdown.slugs()
    assert.equal("what-it-is-and-why", slug "What it is, and why")
    assert.equal("clientwait_alllist-timeout", slug "`client:wait_all(list, timeout)`")
    assert.equal("same", slug "Same")
    assert.equal("same-1", slug "Same")
  end)
end)

describe("a page", function()
  local function complaints(text, page)
    return table.concat(pages.complaints(page or "lua/liangxin/x.md", text .. "\n"), "\n")
  end

  it("may link to files, folders, headings and other sites", function()
    local text = "# A b\n[1](client.lua) [2](../../README.md#a-first-program) [3](#a-b) [4](models) [5](https://x.y/z)"
    assert.equal("", complaints(text))
  end)

  it("must not link to what does not exist", function()
    assert.truthy(complaints("[1](nothing.lua)"):find("nothing.lua, which does not exist", 1, true))
    assert.truthy(complaints("[1](../../README.md#nothing)"):find("no such heading", 1, true))
    assert.truthy(complaints("# A\n[1](#b)"):find("no such heading", 1, true))
    assert.equal("", complaints("```\n[1](nothing.lua)\n```"))
  end)

  it("has lines of at most 120 characters above what is made", function()
    assert.equal("", complaints(("é"):rep(120)))
    assert.truthy(complaints(("x"):rep(121)):find("x.md:1: a line of 121 characters", 1, true))
    assert.equal("", complaints("<!-- made by `make docs` -->\n" .. ("x"):rep(121)))
  end)

  it("that is the map names only paths that exist", function()
    assert.equal("", complaints("`core/base/text.c` `lua/` `../lua/liangxin/client.lua` `a.b`", "csrc/README.md"))
    assert.truthy(complaints("`core/nothing.c`", "csrc/README.md"):find("there is no core/nothing.c", 1, true))
  end)
end)
