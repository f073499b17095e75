-- A picture that was given as a `data:` URL counted as another one than the same
-- bytes by liangxin.image, though what is sent is the same: its key was refused.

local fault_client = require "spec.support.fault_client"
local journals = require "spec.support.journals"
local liangxin = require "liangxin"

describe("a picture", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)

  it("is the same as a data URL and as a file, for its key and for reuse", function()
    local client = here.open()
    local bytes = "\137PNG\r\n\26\n" -- in base64 without padding: 9 bytes
      .. "x"
    local function draw(picture, opts)
      return client:generate("nano-banana-pro", { prompt = "x", image_input = { picture } }, opts)
    end
    local first = assert(draw(liangxin.image { bytes = bytes }, { key = "edit" }))
    local url = "data:image/png;base64,iVBORw0KGgp4"
    assert.equal(first.task_id, assert(draw(url, { key = "edit" })).task_id)
    assert.equal(first.task_id, assert(draw(url, { reuse = true })).task_id)
    local _, err = draw("data:image/png;base64,iVBORw0KGgp5", { key = "edit" })
    assert.truthy(err.message:find("input.image_input differs", 1, true), err.message)
    assert.equal(1, fault:billed())
  end)

  it("that was enqueued as a data URL has its key, too", function()
    local client = here.open()
    local request = { model = "nano-banana-pro", key = "edit",
      input = { prompt = "x", image_input = { "data:image/png;base64,iVBORw0KGgp4" } } }
    assert.equal(1, assert(client.journal:enqueue(request)).added)
    assert(client:work(function() end, { until_empty = true }))
    assert(client:create({ model = request.model, input = { prompt = "x",
      image_input = { liangxin.image { bytes = "\137PNG\r\n\26\nx" } } } }, { key = "edit" }))
    assert.equal(1, fault:billed())
  end)
end)
