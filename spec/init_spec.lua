-- The module that programs require.

local errors = require "liangxin.errors"
local liangxin = require "liangxin"

describe("liangxin.check", function()
  it("returns its arguments", function()
    assert.same({ 1, nil, 3 }, { liangxin.check(1, nil, 3) })
    assert.equal(3, select("#", liangxin.check(true, nil, nil)))
  end)

  it("raises the error", function()
    local err = errors.new("auth", "no key")
    local ok, raised = pcall(liangxin.check, nil, err)
    assert.is_false(ok)
    assert.equal(tostring(err), tostring(raised))
    assert.is_false(pcall(liangxin.check, false, "text"))
    -- wait_any answers index, value, err
    ok, raised = pcall(liangxin.check, nil, nil, err)
    assert.is_false(ok)
    assert.equal(tostring(err), tostring(raised))
  end)

  it("says so when there is no error to raise", function()
    local ok, raised = pcall(liangxin.check, nil)
    assert.is_false(ok)
    assert.truthy(raised:find("first argument is nil", 1, true))
  end)
end)

describe("liangxin", function()
  it("reads the catalogue at its first use", function()
    assert.equal("image", liangxin.models.kind("z-image"))
    assert.equal(require "liangxin.models", liangxin.models)
    assert.is_nil(liangxin.model)
  end)

  it("has a clock that does not go back", function()
    local before = liangxin.now()
    assert.is_true(liangxin.now() >= before)
  end)

  it("marks arrays, the same table, more than once", function()
    local list = {}
    assert.equal(list, liangxin.array(liangxin.array(list)))
    assert.same({}, liangxin.array())
    assert.has_error(function() liangxin.array("x") end)
    assert.has_error(function() liangxin.array(setmetatable({}, {})) end)
  end)
end)
