-- What tasks and jobs have in common.

local kinds = require "liangxin.async.kinds"
local live = require "spec.support.live"

describe("of tasks and jobs", function()
  local client
  live.each(function(_, ...)
    client = ...
  end)

  it("both are known, and nothing else", function()
    assert.not_nil(kinds.of(client:task("t")))
    assert.not_nil(kinds.of(client:spawn(function() end)))
    for _, other in ipairs({ {}, setmetatable({}, {}), "t", 1, client }) do
      assert.is_nil(kinds.of(other))
    end
  end)

  it("each belongs to its client", function()
    assert.equal(client, kinds.client_of(client:task("t")))
    assert.equal(client, kinds.client_of(client:spawn(function() end)))
  end)

  it("a job's raised value is its error, and has an owner then", function()
    local job = client:spawn(error, "raised", 0)
    assert.is_true(kinds.has_ended(job))
    assert.same({ n = 2, nil, "raised" }, { n = 2, kinds.outcome(job) })
    assert.equal(0, client:step())
  end)

  it("a job gives its first value, or its error", function()
    assert.equal("value", (kinds.outcome(client:spawn(function() return "value", "more" end))))
    assert.same({ n = 2, nil, "err" }, { n = 2, kinds.outcome(client:spawn(function() return nil, "err" end)) })
  end)

  it("a task whose watching has paused has news, but has not ended", function()
    local task = client:task("lx_task_nobody_knows")
    assert.is_false(kinds.has_news(task))
    assert.equal("not_found", select(2, task:wait()).kind)
    assert.is_true(kinds.has_news(task))
    assert.is_false(kinds.has_ended(task))
    assert.is_nil(kinds.prepare(task))
    assert.is_false(kinds.has_news(task))
  end)
end)
