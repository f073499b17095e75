-- The journal as lines of JSON, what is in it and what is not, and what is
-- forgotten.

local fault_client = require "spec.support.fault_client"
local folders = require "spec.support.folder"
local json = require "spec.support.fault.json"
local lfs = require "lfs"
local live = require "spec.support.live"
local quick = require "spec.support.quick"

local KEY = "quick-test-key"
local INPUT = { prompt = "a secret pond" }

describe("client.journal:export", function()
  local fault = fault_client.serve()
  local folder, client

  before_each(function()
    folder = folders.new()
    client = quick.client(fault, { journal = folder .. "/studio.db", prices = { ["z-image"] = 4 } })
  end)

  after_each(function()
    quick.close()
    folders.remove(folder)
  end)

  -- The lines of an export, decoded.
  local function export()
    local path = folder .. "/all.jsonl"
    local count = assert(client.journal:export(path))
    local rows = {}
    for line in io.lines(path) do
      rows[#rows + 1] = assert(json.decode(line))
    end
    assert.equal(count, #rows)
    assert(os.remove(path))
    return rows
  end

  it("writes one line for each entry, with its attempts, files and events", function()
    assert.same({}, export())
    assert(client:generate("z-image", INPUT, { key = "a", batch = "night", save = folder .. "/out/" }))
    fault:rule({ on = "create", status = 422, body = '{"code":422,"msg":"no"}' })
    client:generate("z-image", INPUT)
    client:close() -- what has happened is written now
    client = quick.client(fault, { journal = folder .. "/studio.db" })
    local rows = export()
    assert.equal(2, #rows)
    local row = rows[1]
    assert.same({ "a", "night", "z-image", "saved" }, { row.key, row.batch, row.model, row.state })
    assert.truthy(row.body:find("a secret pond", 1, true))
    assert.same({ 1, 4000, 0 }, { #row.attempts, row.attempts[1].charged_mc, row.attempts[1].reserved_mc })
    assert.same({ 1, 4096 }, { #row.files, row.files[1].bytes })
    local path = {}
    for i, event in ipairs(row.events) do
      path[i] = event.to
    end
    assert.equal("accepted succeeded saved", table.concat(path, " "))
    assert.equal("refused", rows[2].state)
    assert.is_nil(rows[2].key)
  end)

  it("has no key and no callback in it, nor has the journal's file", function()
    local callback = fault.base_url .. "/hook?user=secret-user"
    assert(client:generate("z-image", INPUT, { key = "a", callBackUrl = callback }))
    local body = fault:requests({ kind = "create" })[1].body
    local token = body:match("liangxin_token=(%x+)")
    assert.truthy(token)
    client.journal:export(folder .. "/all.jsonl")
    client:close()
    for _, name in ipairs({ "studio.db", "all.jsonl" }) do
      local text = live.read(folder .. "/" .. name)
      assert.truthy(text:find("a secret pond", 1, true))
      for _, secret in ipairs({ KEY, token, "secret-user" }) do
        assert.is_nil(text:find(secret, 1, true), secret .. " is in " .. name)
      end
    end
  end)

  it("replaces nothing, and neither file is for others' eyes", function()
    assert.equal(0, client.journal:export(folder .. "/all.jsonl"))
    local count, err = client.journal:export(folder .. "/all.jsonl")
    assert.is_nil(count)
    assert.equal("file", err.kind)
    assert.equal("no", err.charged)
    assert.truthy(err.message:find("something has that name already", 1, true), err.message)
    count, err = client.journal:export(folder .. "/none/all.jsonl")
    assert.is_nil(count)
    assert.truthy(err.message:find("no such file or folder", 1, true), err.message)
    if package.config:sub(1, 1) == "/" then
      for _, name in ipairs({ "all.jsonl", "studio.db" }) do
        assert.equal("rw-------", lfs.attributes(folder .. "/" .. name, "permissions"))
      end
    end
  end)

  it("and prune: what has ended is forgotten, what is unknown never", function()
    assert(client:generate("z-image", INPUT, { key = "a" }))
    fault:rule({ on = "create", act = "reset" })
    client:generate("z-image", INPUT, { key = "b" })
    assert.equal(0, client.journal:prune { before = os.time() - 3600 })
    assert.equal(1, client.journal:prune { before = os.time() + 3600 })
    local rows = export()
    assert.same({ 1, "b", "unknown" }, { #rows, rows[1].key, rows[1].state })
    assert(client:generate("z-image", INPUT, { key = "a" })) -- a task of its own
    assert.equal(3, fault:billed()) -- the unknown one was made, too
  end)
end)
