-- The option `save` of create and generate: the task's end is when its files are
-- on the disk. Here without a journal.

local fault_client = require "spec.support.fault_client"
local folders = require "spec.support.folder"
local live = require "spec.support.live"
local quick = require "spec.support.quick"

local slashed = folders.slashed

describe("save", function()
  local fault = fault_client.serve()
  local folder, client

  before_each(function()
    folder = folders.new()
    client = quick.client(fault)
  end)

  after_each(function()
    quick.close()
    folders.remove(folder)
  end)

  local INPUT = { prompt = "a pond" }

  it("of generate gives the result with its files", function()
    fault:service({ files = 3 })
    local result = assert(client:generate("z-image", INPUT, { save = folder .. "/out/" }))
    assert.equal(3, #result.files)
    assert.equal(3, #folders.list(folder .. "/out"))
    for i, file in ipairs(result.files) do
      assert.equal(("%s/out/%s-%d.png"):format(slashed(folder), result.task_id, i), slashed(file.path))
      assert.equal(4096, file.bytes)
    end
    assert.equal(result.files, result:save(folder .. "/out/"))
    assert.equal(3, fault:stats().files)
  end)

  it("of create belongs to the task's end, for all who wait", function()
    local task = assert(client:create({ model = "z-image", input = INPUT }, { save = folder .. "/one.png" }))
    local values = client:wait_all({ task, client:spawn(function()
      return task:wait()
    end) })
    assert.equal(slashed(folder .. "/one.png"), slashed(values[1].files[1].path))
    assert.equal(values[1], values[2])
    assert.equal(1, fault:stats().files)
    assert.same({ "one.png" }, folders.list(folder))
  end)

  it("goes on after a failure with another wait", function()
    assert(client:download(fault.base_url .. "/files/in-the-way.png", folder .. "/one.png"))
    local result, err = client:generate("z-image", INPUT, { save = folder .. "/one.png" })
    assert.is_nil(result)
    assert.equal("file", err.kind)
    assert.equal("yes", err.charged)
    assert(os.remove(folder .. "/one.png"))
    result = assert(err.task:wait())
    assert.equal(slashed(folder .. "/one.png"), slashed(result.files[1].path))
    assert.equal(1, fault:billed())
  end)

  it("tells what allow_download raises", function()
    local told
    local picky = quick.client(fault, {
      allow_download = function()
        error("not today")
      end,
      on_error = function(value)
        told = value
      end,
    })
    local _, err = picky:generate("z-image", INPUT, { save = folder .. "/" })
    assert.equal("download", err.kind)
    assert.equal("yes", err.charged)
    assert.truthy(err.message:find("not today", 1, true))
    assert.truthy(tostring(told):find("not today", 1, true))
  end)

  it("stops being waited for when the task is cancelled or the client closed", function()
    fault:rule({ on = "file", act = "hang", times = "always" })
    local task = assert(client:create({ model = "z-image", input = INPUT }, { save = folder .. "/" }))
    local other = assert(client:create({ model = "z-image", input = INPUT }, { save = folder .. "/" }))
    local waits = client:spawn(function()
      return task:wait()
    end)
    local closes = client:spawn(function()
      return other:wait()
    end)
    assert(client:run(function()
      while fault:stats().files < 2 do
        client:sleep(0.01)
      end
      return true
    end))
    task:cancel()
    local _, err = waits:wait()
    assert.equal("cancelled", err.kind)
    client:close()
    _, err = closes:wait()
    assert.equal("closed", err.kind)
    assert.equal("maybe", err.charged)
    assert.truthy(live.raised(client.sleep, client, 1):find("closed client", 1, true))
  end)

  it("makes its target absolute", function()
    local path = "./liangxin-no-such-folder/" .. folder:match("[^/\\]+$") .. ".png"
    fault:rule({ on = "query", status = 401, times = "always" })
    local task = assert(client:create({ model = "z-image", input = INPUT }, { save = path, watch = false }))
    assert.truthy(task._save:find("^[/A-Z]") and #task._save > #path)
    task:cancel()
  end)
end)
