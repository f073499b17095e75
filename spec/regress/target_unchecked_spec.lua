-- Whether files can be saved at the target of a call was found out when they were
-- paid for.

local fault_client = require "spec.support.fault_client"
local journals = require "spec.support.journals"

describe("a target of save", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)

  local function write(name, text)
    local path = here.folder .. "/" .. name
    local file = assert(io.open(path, "wb"))
    file:write(text)
    file:close()
    return path
  end

  local function draw(client, target, opts)
    opts = opts or {}
    opts.save = target
    return client:generate("z-image", { prompt = "x" }, opts)
  end

  it("that is below a file is refused before anything is sent", function()
    local client = here.open { budget = { credits = 5 }, prices = { ["z-image"] = 5 } }
    local path = write("taken", "mine")
    for _, target in ipairs { path .. "/", path .. "/deeper/", path .. "/name.png", path .. "/name.*" } do
      local _, err = draw(client, target)
      assert.same({ "file", "no", true }, { err.kind, err.charged, err.retryable }, target)
      assert.truthy(err.message:find("taken", 1, true), err.message)
    end
    local _, err = draw(client, path)
    assert.same({ "file", "no" }, { err.kind, err.charged })
    assert.truthy(err.message:find("exists already", 1, true), err.message)
    assert.equal(0, fault:stats().creates)
    assert(draw(client, here.folder .. "/new/deeper/name.png")) -- what was reserved is free again
  end)

  it("of a key leaves it planned, and the next call sends", function()
    local client = here.open()
    local _, err = draw(client, write("taken", "mine") .. "/", { key = "pond" })
    assert.equal("file", err.kind)
    local entry = assert(client.journal:entries())()
    assert.same({ "planned", 1 }, { entry.state, entry.attempts })
    assert.is_nil(entry.attended)
    assert(os.remove(here.folder .. "/taken"))
    assert(draw(client, here.folder .. "/taken/", { key = "pond" }))
    assert.equal(1, fault:stats().creates)
  end)

  it("matters only where something is sent", function()
    local client = here.open()
    local made = assert(draw(client, here.folder .. "/pond.png", { key = "pond" }))
    assert.equal(made.files[1].path, assert(draw(client, here.folder .. "/pond.png", { key = "pond" })).files[1].path)
    assert.equal(made.files[1].path,
      assert(draw(client, write("taken", "mine") .. "/", { key = "pond" })).files[1].path)
    assert.equal(1, fault:stats().creates)
  end)
end)
