-- Machines whose clocks are hours off, on one journal: on a server its clock says
-- who is alive, when an entry is due, and which day a budget is in.

local child = require "spec.support.child"
local fault_client = require "spec.support.fault_client"
local folders = require "spec.support.folder"
local postgres = require "spec.support.postgres"
local quick = require "spec.support.quick"
local socket = require "socket"

local PATIENCE_S = 60

local function find_library()
  local pipe = assert(io.popen("ls /usr/lib/*/faketime/libfaketime.so.1 2>/dev/null"))
  local path = pipe:read("*l")
  pipe:close()
  return path
end

local library = child.can_start and find_library()
local server, missing = nil, "no libfaketime here: apt-get install faketime"
if library then
  server, missing = postgres.start()
end
if not server then
  print(missing) -- pending tests are counted, their reasons are not shown
end

describe("a machine whose clock is hours off", function()
  if not server then
    pending(missing)
    return
  end

  local fault = fault_client.serve()
  local url, database, folder, client
  local children = {}

  teardown(function()
    server:stop()
  end)

  before_each(function()
    url, database = server:fresh()
    folder = folders.new()
    client = quick.client(fault, { journal = url, deadline = PATIENCE_S })
    assert(client.journal:spend()) -- it is there
  end)

  after_each(function()
    for i = #children, 1, -1 do
      children[i]:finish()
      children[i] = nil
    end
    quick.close()
    folders.remove(folder)
  end)

  local function start(hours, program, ...)
    local clock = ("export LD_PRELOAD=%s FAKETIME=%+dh DONT_FAKE_MONOTONIC=1 FAKETIME_DONT_FAKE_MONOTONIC=1;")
      :format(library, hours)
    local started = child.start("spec/support/" .. program .. ".lua", { fault.base_url, url, ... }, { before = clock })
    children[#children + 1] = started
    return started
  end

  local function await(statement)
    local deadline = socket.gettime() + PATIENCE_S
    while server:sql(database, statement) ~= "t" do
      assert(socket.gettime() < deadline, statement)
      socket.sleep(0.02)
    end
  end

  it("takes nothing from a living owner", function()
    fault:rule({ on = "create", act = "hang" })
    local job = client:spawn(function()
      return client:generate("z-image", { prompt = "a picture of hero" }, { key = "hero" })
    end)
    assert(fault:await("hanging", { at_least = 1 }, PATIENCE_S))
    local ahead, behind = start(1, "journal_child", folder, "hero"), start(-1, "journal_child", folder, "hero")
    await("SELECT count(*) = 3 FROM liangxin.owner WHERE NOT is_closed")
    client:sleep(1) -- for what they might do
    assert.equal("sending", server:sql(database, "SELECT state FROM liangxin.entry"))
    fault:release()
    local task_id = assert(job:wait()).task_id
    for _, other in ipairs { ahead, behind } do
      assert.equal("made\thero\t" .. task_id, other:line():match("^%S+\t%S+\t%S+"))
    end
    assert.same({ 1, 1 }, { fault:stats().creates, fault:billed() })
  end)

  it("sends neither early nor late", function()
    local function put(key, due)
      assert(client.journal:enqueue { model = "z-image", input = { prompt = key }, key = key, due = due })
    end
    put("now", os.time() - 60)
    put("later", os.time() + 3600)
    for _, hours in ipairs { 2, -2 } do
      local worker = start(hours, "work_child")
      assert.truthy(worker:line():find("^works"))
      assert.truthy(worker:line():find("^made"))
      worker:kill("KILL")
      assert.equal("now", server:sql(database, "SELECT string_agg(key, ' ') FROM liangxin.entry"
        .. " WHERE state <> 'planned'"))
      server:sql(database, "DELETE FROM liangxin.entry WHERE key = 'now'")
      put("now", os.time() - 60)
    end
    assert.same({ 2, 2 }, { fault:stats().creates, fault:billed() })
  end)

  it("counts in the server's day", function()
    local spender = start(25, "ceiling_child", 3, 100, "day")
    assert.equal("ready", spender:line())
    assert.equal("made\t3\t0", spender:line())
    assert.equal("t", server:sql(database, "SELECT bool_and(period <= floor(extract(epoch FROM"
      .. " clock_timestamp()) / 86400)) FROM liangxin.budget_use"))
  end)
end)
