-- Records: the core's plain table, and `data`, which is decoded when it is read.

local record = require "liangxin.record"

describe("a record", function()
  local function of(body)
    return record.adopt { task_id = "task_1", state = "success", body = body }
  end

  it("is nil when there is none", function()
    assert.is_nil(record.adopt(nil))
  end)

  it("always has a list of URLs", function()
    assert.same({}, of("{}").urls)
    assert.same({ "https://r.example/x.png" },
      record.adopt({ urls = { "https://r.example/x.png" } }).urls)
  end)

  it("decodes the whole data object once", function()
    local one = of('{"code":200,"data":{"taskId":"task_1","news":{"deep":[1]}}}')
    assert.is_nil(rawget(one, "data"))
    assert.same({ taskId = "task_1", news = { deep = { 1 } } }, one.data)
    assert.equal(one.data, rawget(one, "data"))
  end)

  it("has no data where the body has no object of that name", function()
    for _, body in ipairs { "", "<html>", "[1]", "3", "{}", '{"data":null}', '{"data":"text"}' } do
      assert.is_nil(of(body).data, body)
    end
    assert.is_nil(of(nil).data)
    assert.is_nil(of("{}").anything)
  end)

  it("says which task it is about and in which state", function()
    assert.equal("liangxin record of task_1 (success)", tostring(of("{}")))
    assert.equal("liangxin record of ? (no state)", tostring(record.adopt {}))
  end)
end)
