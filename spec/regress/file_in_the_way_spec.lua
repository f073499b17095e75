-- A file of the very bytes that are to be saved stood in the way, and was not taken
-- for it: after a failover, or where another client has taken the saving over.

local fault_client = require("spec.support.fault_client")
local folders = require("spec.support.folder")
local journals = require("spec.support.journals")
local lfs = require("lfs")
local sqlite = require("spec.support.sqlite")

local FILE_BYTES = 400000

describe("a file that is in the way of an entry's", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)
  local it_asks = sqlite.has_program and it or pending

  local function sql(statement)
    return sqlite.ask(here.folder .. "/studio.db", statement)
  end

  local function draw(client, target)
    return client:generate("z-image", { prompt = "a pond" }, { key = "pond", save = here.folder .. "/out/" .. target })
  end

  -- As after a failover that lost what was written last.
  local function forget_saving()
    sql("DELETE FROM file; UPDATE entry SET state = 'succeeded', saved_ms = 0, owner = 0")
    assert.equal("succeeded", sql("SELECT state FROM entry"))
  end

  local function identity(path)
    return { lfs.attributes(path, "size"), lfs.attributes(path, "modification"), lfs.attributes(path, "ino") }
  end

  for _, target in ipairs({ "", "pond.png" }) do
    local where = target == "" and "in a folder" or "at a path"

    it_asks("is the entry's where it has its bytes, " .. where, function()
      local client = here.open()
      local path = assert(draw(client, target)).files[1].path
      local before = identity(path)
      client:close()
      forget_saving()
      client = here.open()
      local again = assert(draw(client, target))
      assert.equal(path, again.files[1].path)
      assert.same(before, identity(path))
      assert.equal(1, #folders.list(here.folder .. "/out"))
      client:close()
      assert.equal("saved", sql("SELECT state FROM entry"))
      assert.same({ 1, 1 }, { fault:stats().creates, fault:billed() })
    end)

    for _, change in ipairs({ "r+b", "ab" }) do
      it_asks(("is left alone where it has others, %s, opened as %s"):format(where, change), function()
        local client = here.open()
        local path = assert(draw(client, target)).files[1].path
        client:close()
        forget_saving()
        local handle = assert(io.open(path, change))
        handle:write("P")
        handle:close()
        local before = identity(path)
        client = here.open()
        local result, err = draw(client, target)
        assert.is_nil(result)
        assert.same({ "file", false }, { err.kind, err.retryable })
        assert.truthy(err.message:find("exists already", 1, true))
        assert.same(before, identity(path))
        assert.equal(1, #folders.list(here.folder .. "/out"))
      end)
    end
  end

  -- Others take it over only where its owner is dead, or was taken for dead.
  for _, bytes in ipairs({ 0, FILE_BYTES - 1000 }) do
    it_asks(("is of the client that has taken over the saving, after %d bytes"):format(bytes), function()
      fault:service({ file = { size = FILE_BYTES } })
      fault:rule({ on = "file", act = "hang", when = bytes == 0 and "after_read" or "after_answer_bytes",
        bytes = bytes > 0 and bytes or nil })
      local client, other = here.open(), here.open()
      local job = client:spawn(draw, client, "")
      client:run(function()
        while fault:stats().hanging == 0 do
          client:sleep(0.01)
        end
      end)
      sql("UPDATE entry SET owner = 0")
      local results = assert(other:resume({ wait = true }))
      local path = results[1].files[1].path
      local before = identity(path)
      fault:release()
      local result, err = job:wait()
      assert.is_nil(result)
      assert.same({ "journal", "yes", true }, { err.kind, err.charged, err.retryable })
      assert.truthy(err.message:find("taken over", 1, true))
      assert.equal(path, assert(draw(client, "")).files[1].path)
      assert.same(before, identity(path))
      assert.equal(1, #folders.list(here.folder .. "/out"))
      assert.equal(1, fault:billed())
    end)
  end
end)
