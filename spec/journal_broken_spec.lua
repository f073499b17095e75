-- A journal that cannot be opened or written: nothing is sent, and what runs
-- goes on.

local fault_client = require "spec.support.fault_client"
local folders = require "spec.support.folder"
local quick = require "spec.support.quick"

describe("a client whose journal", function()
  local fault = fault_client.serve()
  local folder, path

  before_each(function()
    folder = folders.new()
    path = folder .. "/studio.db"
  end)

  after_each(function()
    quick.close()
    folders.remove(folder)
  end)

  local function draw(client, key)
    return client:generate("z-image", { prompt = "a picture of " .. key }, { key = key })
  end

  local function write(bytes)
    local file = assert(io.open(path, "wb"))
    file:write(bytes)
    file:close()
  end

  -- All that SQLite may have of it: what stands beside it counts in WAL mode.
  local function damage()
    for _, suffix in ipairs { "", "-wal", "-shm" } do
      local file = io.open(path .. suffix, "r+b")
      if file then
        file:write(("\255"):rep(16384))
        file:close()
      end
    end
  end

  local function read()
    local file = assert(io.open(path, "rb"))
    local bytes = file:read("*a")
    file:close()
    return bytes
  end

  local function check_refused(client, words)
    local creates = fault:stats().creates
    local result, err = draw(client, "refused")
    assert.is_nil(result)
    assert.equal("journal", err.kind)
    assert.equal("no", err.charged)
    local message = folders.slashed(err.message)
    assert.truthy(message:find(folders.slashed(words), 1, true), message)
    assert.equal(creates, fault:stats().creates)
    return err
  end

  it("lies in a folder that is not there sends nothing", function()
    path = folder .. "/none/studio.db"
    check_refused(quick.client(fault, { journal = path }), "folder")
    assert.same({}, folders.list(folder))
  end)

  it("is another program's file leaves it as it is", function()
    write(("something else\n"):rep(100))
    local before = read()
    check_refused(quick.client(fault, { journal = path }), path)
    assert.equal(before, read())
  end)

  it("was damaged under its hands watches on what it sent, and sends no more", function()
    fault:rule({ on = "create", delay_s = 0.3 })
    local client = quick.client(fault, { journal = path })
    local job = client:spawn(draw, client, "first")
    while fault:stats().creates == 0 do
      client:step()
    end
    repeat -- a commit that is under way writes over it
      damage()
      local _, err = client.journal:entries()
    until err and err.kind == "journal"
    local result = assert(job:wait())
    assert.equal("task_1", result.task_id)
    check_refused(client, path)
    client:close() -- what could not be written keeps nobody
    assert.equal(1, fault:billed())
  end)

  it("is used without a create costs nothing and makes no file", function()
    local client = quick.client(fault, { journal = path })
    fault:make_task("made", {})
    assert(client:task("made"):wait())
    client:close()
    assert.same({}, folders.list(folder))
  end)
end)
