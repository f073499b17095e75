-- Twenty tests of portraits.lua in about a second, a ten-minute video and four
-- faults among them, without an account: see lua/liangxin/sandbox/README.md.

local here = debug.getinfo(1, "S").source:match("^@(.*)portraits_spec%.lua$")
local liangxin = require("liangxin")
local new_portraits = assert(loadfile(here .. "portraits.lua"))()
local sandbox = require("liangxin.sandbox")

describe("portraits", function()
  local service, client, folder, portraits

  setup(function()
    service = assert(sandbox.start({
      speed = 1000,
      seconds = { image = 2, video = 600 },
      prices = { ["z-image"] = 8.5, ["kling-v3-pro"] = 40 },
      balance = 100,
    }))
  end)

  teardown(function()
    service.stop()
  end)

  before_each(function()
    local pipe = assert(io.popen("mktemp -d"))
    folder = pipe:read("*l")
    pipe:close()
    client = liangxin.new(service.options)
    portraits = new_portraits(client, folder)
  end)

  after_each(function()
    client:close()
    service.reset()
    os.execute("rm -r '" .. folder .. "'")
  end)

  local function head_of(path, count)
    local file = assert(io.open(path, "rb"))
    local head = file:read(count)
    file:close()
    return head
  end

  it("are being painted at first", function()
    assert.equal("painting", portraits:hero("ana", "an old sailor").state)
  end)

  it("are ready after some frames", function()
    local entry = portraits:hero("ana", "an old sailor")
    while entry.state == "painting" do
      portraits:update()
    end
    assert.equal("ready", entry.state)
  end)

  it("are PNG files of the hero's name", function()
    local entry = portraits:hero("ana", "an old sailor")
    portraits:finish()
    assert.equal(folder .. "/ana.png", entry.path)
    assert.equal("\137PNG", head_of(entry.path, 4))
  end)

  it("are asked for once, however often they are wanted", function()
    local entry = portraits:hero("ana", "an old sailor")
    assert.equal(entry, portraits:hero("ana", "an old sailor"))
    portraits:finish()
    assert.equal(1, service.counters().billed)
  end)

  it("send what the hero looks like", function()
    portraits:hero("ana", "an old sailor")
    portraits:finish()
    local first = service.requests()[1]
    assert.equal("/api/v1/jobs/createTask", first.path)
    assert.matches("portrait, an old sailor", first.body, 1, true)
  end)

  it("cost what the service says", function()
    portraits:hero("ana", "an old sailor")
    portraits:hero("bo", "a cook")
    portraits:finish()
    assert.equal(17, portraits.spent)
  end)

  it("show a sketch when painting fails", function()
    local entry = portraits:hero("ana", "an old sailor [fail]")
    portraits:finish()
    assert.equal("missing", entry.state)
    assert.equal("sketch", entry.fallback)
  end)

  it("show a silhouette when the credits are used up", function()
    for i = 1, 11 do
      portraits:hero("hero " .. i, "number " .. i)
    end
    local entry = portraits:hero("ana", "an old sailor")
    portraits:finish()
    assert.equal("silhouette", entry.fallback)
    assert.equal(11, service.counters().billed)
  end)

  it("do not pay again when the answer was lost", function()
    local entry = portraits:hero("ana", "an old sailor [lost]")
    portraits:finish()
    assert.equal("question mark", entry.fallback)
    assert.equal("outcome_unknown", entry.why)
    assert.equal(1, service.counters().creates)
  end)

  it("come though the service is busy at first", function()
    local entry = portraits:hero("ana", "an old sailor [429]")
    portraits:finish()
    assert.equal("ready", entry.state)
    local counters = service.counters()
    assert.same({ 3, 1 }, { counters.creates, counters.billed })
  end)

  it("come though pages come instead of answers", function()
    local entry = portraits:hero("ana", "an old sailor [html]")
    portraits:finish()
    assert.equal("ready", entry.state)
  end)

  it("come though the first link is dead", function()
    local entry = portraits:hero("ana", "an old sailor [gone]")
    portraits:finish()
    assert.equal("ready", entry.state)
    assert.equal(2, service.counters().files)
  end)

  it("of a slow kind hold up no others", function()
    local slow = portraits:hero("slow", "a snail [never]")
    local ana = portraits:hero("ana", "an old sailor")
    while ana.state == "painting" do
      portraits:update()
    end
    assert.same({ "ready", "painting" }, { ana.state, slow.state })
  end)

  it("of one hero failing leave the others alone", function()
    portraits:hero("ana", "an old sailor")
    portraits:hero("bo", "a cook [fail]")
    local third = portraits:hero("cy", "a thief")
    portraits:finish()
    assert.equal("ready", third.state)
  end)

  it("are the same for the same hero", function()
    local one = portraits:hero("ana", "an old sailor")
    portraits:finish()
    service.reset()
    local again = portraits:hero("twin", "an old sailor")
    portraits:finish()
    assert.equal(head_of(one.path, "*a"), head_of(again.path, "*a"))
  end)

  it("come in the order in which they were wanted", function()
    local wanted = {}
    for i = 1, 10 do
      wanted[i] = "hero " .. i
      portraits:hero(wanted[i], "number " .. i)
    end
    portraits:finish()
    assert.same(wanted, portraits.finished)
  end)

  it("do not carry the key to where the files are", function()
    portraits:hero("ana", "an old sailor")
    portraits:finish()
    assert.equal(0, service.counters().files_with_key)
  end)

  it("are given up when the game ends", function()
    local entry = portraits:hero("ana", "an old sailor [never]")
    while service.counters().queries == 0 do
      portraits:update()
    end
    client:close()
    assert.equal("closed", entry.why)
  end)

  it("cost nothing where none is wanted", function()
    portraits:finish()
    -- Not all requests: a query of the test before may have been on its way.
    assert.equal(0, service.counters().creates)
    assert.equal(0, service.counters().billed)
  end)

  it("are there before the ten-minute clips of quests", function()
    local river = portraits:quest("river", "a raft on a wild river")
    portraits:quest("cave", "torches in a cave")
    portraits:hero("ana", "an old sailor")
    portraits:hero("bo", "a cook")
    portraits:finish()
    assert.same({ "ana", "bo", "river", "cave" }, portraits.finished)
    assert.equal("GIF89a", head_of(river.path, 6))
  end)
end)
