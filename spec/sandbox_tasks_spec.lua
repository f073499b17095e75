-- How the sandbox's tasks age, and as recordInfo shows them. Pure.

local json = require("cjson").new()
local record = require("liangxin.sandbox.record")
local tasks = require("liangxin.sandbox.tasks")

describe("a task of the sandbox", function()
  local list

  before_each(function()
    list = tasks.new(1, { image = 10, video = 100 }, 2)
  end)

  local function create(fields)
    local task = {
      kind = "image", prompt = "p", param = "{}", faults = {}, model_json = '"m"', param_json = '"{}"',
      extension = "png", token = 7, price = 1.5,
    }
    for name, value in pairs(fields or {}) do
      task[name] = value
    end
    return list:create(task, 1000, 1700000000)
  end

  local function states(task, ...)
    local out = {}
    for i, seconds in ipairs({ ... }) do
      out[i] = tasks.state(task, 1000 + seconds)
    end
    return table.concat(out, " ")
  end

  it("goes through its states in its time, which the speed divides", function()
    assert.equal("waiting queuing generating generating success", states(create(), 0, 0.5, 1.25, 4.9, 5))
    assert.equal("generating success", states(create({ kind = "video" }), 49, 50))
  end)

  it("takes what its faults say", function()
    assert.equal("generating success", states(create({ faults = { { slowness = 10 } } }), 49, 50))
    assert.equal("generating", states(create({ faults = { { stays = "generating" } } }), 1e6))
    assert.equal("fail", states(create({ faults = { { ends = { code = "501", message = "no" } } } }), 5))
  end)

  it("has an id that does not come twice, also after a reset", function()
    local seen = {}
    for _ = 1, 3 do
      for _ = 1, 100 do
        local id = create().id
        assert.matches("^lx_task_%w+$", id)
        assert.equal(34, #id)
        assert.is_nil(seen[id])
        seen[id] = true
      end
      list:reset()
      assert.is_nil(list:find(next(seen)))
    end
  end)

  it("is shown as recordInfo shows it", function()
    local task = create()
    local early = json.decode(record.data("http://host", task, 1000))
    assert.equal("waiting", early.state)
    assert.equal("", early.resultJson)
    assert.equal(json.null, early.completeTime)
    assert.is_nil(early.creditsConsumed)
    local late = json.decode(record.data("http://host", task, 1006))
    assert.equal("success", late.state)
    assert.equal(1700000005000, late.completeTime)
    assert.equal(5000, late.costTime)
    assert.equal(1.5, late.creditsConsumed)
    local url = json.decode(late.resultJson).resultUrls[1]
    assert.equal(record.url("http://host", task), url)
    assert.truthy(url:find("http://host/files/" .. task.id .. "-1.png?token=exp=1700086400~hmac=", 1, true))
  end)

  it("that failed has the code and the words", function()
    local task = create({ faults = { { ends = { code = "501", message = "no" } } } })
    local data = json.decode(record.data("http://host", task, 1006))
    assert.same({ "fail", "501", "no", "" }, { data.state, data.failCode, data.failMsg, data.resultJson })
  end)
end)
