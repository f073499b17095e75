-- Error objects: their text, what they show and what they never show.

local errors = require "liangxin.errors"

describe("an error", function()
  it("is one line as text, with what is known", function()
    local err = errors.adopt {
      kind = "auth", message = "invalid\nor expired key", http_status = 401,
      request_id = "req1", retryable = false, charged = "no",
    }
    err.task_id = "task_1"
    local text = tostring(err)
    assert.is_nil(text:find("%c"))
    for _, part in ipairs { "invalid or expired key", "auth", "HTTP 401", "req1", "task_1" } do
      assert.truthy(text:find(part, 1, true), part)
    end
  end)

  it("can be joined to a string", function()
    local err = errors.new("network", "no route")
    assert.equal("failed: no route (network)", "failed: " .. err)
    assert.equal("no route (network)!", err .. "!")
  end)

  it("is of a closed list of kinds", function()
    assert.has_error(function() errors.new("surprise", "x") end)
  end)

  it("is free of charge and not to be repeated unless said otherwise", function()
    local err = errors.new("file", "x")
    assert.is_false(err.retryable)
    assert.equal("no", err.charged)
  end)

  it("takes what the record knows", function()
    local record = { task_id = "t9", fail_code = "501", fail_msg = "Generation failed" }
    local err = errors.adopt({ kind = "task_failed", message = "x" }, nil, record)
    assert.equal("t9", err.task_id)
    assert.equal("501", err.fail_code)
    assert.equal("Generation failed", err.fail_msg)
    assert.equal(record, err.record)
  end)

  it("of a wait says that it is only the wait that ended", function()
    local task = { id = "t1" }
    local err = errors.out_of_time("task t1", 2.5, task)
    assert.equal("deadline", err.kind)
    assert.equal(task, err.task)
    assert.equal("maybe", err.charged)
    assert.truthy(err.message:find("2.5 s", 1, true))
  end)

  it("of a local end says maybe when a task is concerned", function()
    assert.equal("no", errors.local_end("closed").charged)
    assert.equal("maybe", errors.local_end("closed", { id = "t" }).charged)
    assert.truthy(errors.local_end("forked").message:find("liangxin.new", 1, true))
  end)
end)
