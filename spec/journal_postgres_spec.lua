-- The journal on a server, as a script sees it: keys, restarts in mid-flight,
-- several clients, and passwords that are nobody's business.

local fault_client = require "spec.support.fault_client"
local folders = require "spec.support.folder"
local lfs = require "lfs"
local postgres = require "spec.support.postgres"
local json = require "spec.support.fault.json"
local quick = require "spec.support.quick"
local socket = require "socket"
local webhook = require "liangxin.webhook"

local PATIENCE_S = 60

local server, missing = postgres.start()
if not server then
  print(missing) -- pending tests are counted, their reasons are not shown
end

describe("a journal on PostgreSQL", function()
  if not server then
    pending(missing)
    return
  end

  local fault = fault_client.serve()
  local url, database

  teardown(function()
    server:stop()
  end)

  before_each(function()
    url, database = server:fresh()
  end)

  after_each(function()
    quick.close()
  end)

  local function open(options)
    options = options or {}
    options.journal = options.journal or url
    options.deadline = 300 -- for machines on which a server starts slowly
    return quick.client(fault, options)
  end

  local function draw(client, key)
    return client:generate("z-image", { prompt = "x" }, { key = key })
  end

  -- Again while the server may not be back: what is refused then was not sent.
  local function insist(client, key)
    local deadline = socket.gettime() + PATIENCE_S
    local result, err = draw(client, key)
    while not result do
      assert.same({ "journal", "no" }, { err.kind, err.charged })
      assert(socket.gettime() < deadline, err.message)
      client:sleep(0.1)
      result, err = draw(client, key)
    end
  end

  local function spawn(client, key)
    return client:spawn(function()
      return draw(client, key)
    end)
  end

  local function state_of(key)
    return server:sql(database, ("SELECT state FROM liangxin.entry WHERE key = '%s'"):format(key))
  end

  it("resumes what a client before has made", function()
    local first = assert(draw(open(), "hero"))
    quick.close()
    local second = assert(draw(open(), "hero"))
    assert.same(first.urls, second.urls)
    assert.same({ 1, 1 }, { fault:stats().creates, fault:billed() })
    assert.equal("succeeded", state_of("hero"))
  end)

  -- Else one that opens it meanwhile, or after a kill, would take it for a copy.
  it("is at home in the transaction that makes it", function()
    assert(draw(open(), "hero"))
    assert.equal("2|1", server:sql(database, "SELECT count(*), count(DISTINCT xmin::text) FROM liangxin.meta"
      .. " WHERE key IN ('home', 'schema_version')"))
  end)

  it("is shared: two calls with one key send once", function()
    fault:service({ polls_until_success = 20 })
    local first = spawn(open(), "shared")
    assert(fault:await("creates", { at_least = 1 }))
    local second = spawn(open(), "shared")
    assert.same(assert(first:wait()).urls, assert(second:wait()).urls)
    assert.same({ 1, 1 }, { fault:stats().creates, fault:billed() })
  end)

  it("outlives a server that is killed while tasks run", function()
    fault:service({ polls_until_success = 30 })
    local client = open()
    local job = spawn(client, "through")
    assert(fault:await("queries", { at_least = 1 }))
    server:kill("KILL")
    server:launch()
    assert(job:wait())
    quick.close() -- which waits for what is not written so far
    assert.equal("succeeded", state_of("through"))
    assert(draw(open(), "through"))
    assert.same({ 1, 1 }, { fault:stats().creates, fault:billed() })
  end)

  it("that fails over to a copy without the last seconds sends nothing before it is adopted", function()
    local first, second = open(), open()
    assert(draw(first, "before"))
    fault:rule({ on = "create", act = "hang" })
    local job = spawn(first, "in flight")
    assert(fault:await("hanging", { at_least = 1 }))
    server:keep_copy()
    insist(second, "lost")
    server:fail_over()
    fault:release()
    for _, client in ipairs { first, second } do
      local deadline, words = socket.gettime() + PATIENCE_S, "" -- it may not be back
      while not words:find("adopt", 1, true) do
        assert(socket.gettime() < deadline, words)
        local _, err = draw(client, "after")
        assert.same({ "journal", "no" }, { err.kind, err.charged })
        words = err.message
        client:sleep(0.1)
      end
    end
    assert(job:wait())
    assert.equal(3, fault:stats().creates)
    assert(first.journal:adopt())
    assert(draw(second, "after"))
    quick.close()
    assert.equal("succeeded", state_of("in flight"))
    assert.equal("", state_of("lost"))
    assert.same({ 4, 4 }, { fault:stats().creates, fault:billed() })
  end)

  it("that fails over takes the file that was saved in the lost seconds for its own", function()
    local folder = folders.new()
    finally(function()
      folders.remove(folder)
    end)
    fault:service({ polls_until_success = 1000000 })
    local client = open()
    assert(client.journal:spend()) -- it is there
    local function save()
      return client:generate("z-image", { prompt = "x" }, { key = "kept", save = folder .. "/out/" })
    end
    local job = client:spawn(save)
    local deadline = socket.gettime() + PATIENCE_S
    while state_of("kept") ~= "accepted" do
      assert(socket.gettime() < deadline, "accepted")
      client:sleep(0.05)
    end
    server:keep_copy()
    fault:task("task_1", { polls_until_success = 0 })
    local result, err = job:wait()
    deadline = socket.gettime() + PATIENCE_S
    while not result do -- the server may not be back
      assert(err.kind == "journal" and socket.gettime() < deadline, err)
      client:sleep(0.1)
      result, err = save()
    end
    local path = result.files[1].path
    local inode = lfs.attributes(path, "ino")
    quick.close()
    assert.equal("saved", state_of("kept"))
    server:fail_over()
    assert.equal("accepted", state_of("kept"))
    client = open()
    assert(client.journal:adopt())
    assert.equal(path, assert(save()).files[1].path)
    quick.close()
    assert.equal("saved", state_of("kept"))
    assert.same({ 1, inode }, { #folders.list(folder .. "/out"), lfs.attributes(path, "ino") })
    assert.same({ 1, 1 }, { fault:stats().creates, fault:billed() })
  end)

  it("that does not answer sends nothing, and tells no password", function()
    local client = open()
    assert(draw(client, "before"))
    server:kill("INT")
    local result, err = draw(client, "refused")
    assert.is_nil(result)
    assert.same({ "journal", "no" }, { err.kind, err.charged })
    assert.truthy(err.message:find("cannot be reached", 1, true), err.message)
    assert.is_nil(quick.shown(err):find("hush", 1, true))
    local _, lost = draw(open(), "refused")
    assert.equal("journal", lost.kind)
    assert.is_nil(quick.shown(lost):find("hush", 1, true))
    server:launch()
    assert.equal(1, fault:stats().creates)
    assert(draw(open(), "refused"))
    assert.same({ 2, 2 }, { fault:stats().creates, fault:billed() })
  end)

  it("that does not answer sends callbacks away, to come again", function()
    local owner, other = open(), open()
    fault:rule({ on = "create", status = 200, cut_after = 0, script = { polls_until_success = 0 } })
    local _, err = owner:create({ model = "z-image", input = { prompt = "x" }, callBackUrl = "https://hooks.example/" },
      { key = "lost" })
    assert.equal("outcome_unknown", err.kind)
    local create = fault:requests({ kind = "create" })[1]
    local path = json.decode(create.body).callBackUrl:gsub("^https://[^/]+", "")
    local body = json.encode({ taskId = create.task })
    local receiver = webhook.new({ client = other })
    assert(other.journal:spend()) -- it is connected
    server:kill("KILL")
    assert.equal(503, (receiver:receive({}, body, { path = path })))
    server:launch()
    local status
    local deadline = os.time() + 60
    repeat -- it connects again in a while
      status = receiver:receive({}, body, { path = path })
    until status == 200 or os.time() > deadline
    assert.equal(200, status)
    assert.equal(create.task, assert(err:wait(60)).id)
    assert.equal(1, fault:billed())
  end)
end)
