-- The phases of a task: which may follow which.

local phase = require "liangxin.task.phase"

describe("a task's phase", function()
  local function moves(...)
    local task = { _phase = "idle" }
    for _, name in ipairs({ ... }) do
      if not pcall(phase.set, task, name) then
        return task._phase
      end
    end
    return task._phase
  end

  it("goes from the request to the end", function()
    assert.equal("ended", moves("creating", "watching", "ended"))
    assert.equal("ended", moves("creating", "given_up", "ended"))
    assert.equal("ended", moves("watching", "idle", "watching", "ended"))
    assert.equal("watching", moves("creating", "ended", "idle", "watching")) -- a callback named it
  end)

  it("is never created twice, and ends once", function()
    assert.equal("creating", moves("creating", "creating"))
    assert.equal("watching", moves("watching", "creating"))
    assert.equal("ended", moves("watching", "ended", "ended"))
    assert.equal("ended", moves("watching", "ended", "watching"))
    assert.equal("given_up", moves("creating", "given_up", "watching"))
  end)
end)
