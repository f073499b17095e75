-- Checks of arguments, and the line that a programmer's mistake is raised at.

local live = require "spec.support.live"
local usage = require "liangxin.usage"

describe("a programmer's mistake", function()
  it("is raised at the line of the first caller outside the library", function()
    local line = debug.getinfo(1, "l").currentline + 1
    local text = live.raised(function() usage.raise("%d is too much, %s", 3, "really") end)
    assert.matches("usage_spec.lua:" .. line .. ": 3 is too much, really$", text)
    assert.matches("100%%$", live.raised(usage.raise, "100%"))
  end)
end)

describe("the check of", function()
  local function refused(words, check, ...)
    local text = live.raised(check, ...)
    assert.truthy(text:find(words, 1, true), text)
  end

  it("a number knows its limits, NaN and fractions", function()
    assert.equal(1, usage.check_number(1, "x", 1, 2, true))
    refused("x must be a number, not string", usage.check_number, "1", "x", 1, 2)
    refused("x must be from 1 to 2", usage.check_number, 3, "x", 1, 2)
    refused("x must be from 1 to 2", usage.check_number, 0 / 0, "x", 1, 2)
    refused("x must be a whole number", usage.check_number, 1.5, "x", 1, 2, true)
  end)

  it("a text knows its length and control characters", function()
    assert.equal("a b", usage.check_text("a b", "x", 3))
    refused("x must not be empty", usage.check_text, "", "x", 3)
    refused("x must not be longer than 3 bytes", usage.check_text, "abcd", "x", 3)
    for _, bad in ipairs({ "a\n", "\0", "\127" }) do
      refused("control characters", usage.check_text, bad, "x", 3)
    end
  end)

  it("what can be called takes objects with __call", function()
    local object = setmetatable({}, { __call = function() end })
    assert.equal(object, usage.check_callable(object, "x"))
    refused("x must be a function, not nil", usage.check_callable, nil, "x")
    refused("x must be a function, not table", usage.check_callable, {}, "x")
  end)

  it("a timeout takes nil", function()
    assert.is_nil(usage.check_timeout(nil, "x"))
    refused("x must be from 0", usage.check_timeout, -1, "x")
    refused("x must be from 0", usage.check_timeout, math.huge, "x")
  end)
end)

describe("options", function()
  local SPEC = {
    size = { "integer", 1, 9, default = 4 },
    mode = { "choice", "fast", "slow", default = "fast" },
    check = { "boolean", word = "strict" },
  }

  local function check(given)
    return usage.check_options(given, SPEC, "f")
  end

  it("are filled with their defaults, in a table of their own", function()
    local given = { size = 2 }
    assert.same({ size = 2, mode = "fast" }, check(given))
    assert.same({ size = 2 }, given)
    assert.same({ size = 4, mode = "fast" }, check(nil))
  end)

  it("may come through a metatable", function()
    assert.same({ size = 2, mode = "slow" }, check(setmetatable({ mode = "slow" }, { __index = { size = 2 } })))
    assert.matches("f: option 'size' must be", live.raised(check, setmetatable({}, { __index = { size = "2" } })))
  end)

  it("take the word that stands beside a type", function()
    assert.equal("strict", check({ check = "strict" }).check)
    assert.matches("option 'check' must be a boolean or \"strict\", not string",
      live.raised(check, { check = "lax" }))
  end)

  it("that are wrong are named, with the nearest name and what is allowed", function()
    assert.matches("f: unknown option 'sise'; did you mean 'size'%?", live.raised(check, { sise = 1 }))
    assert.matches("f: options are named, not numbered", live.raised(check, { 1 }))
    assert.matches("f: option 'mode' must be 'fast', 'slow', not quick", live.raised(check, { mode = "quick" }))
    assert.matches("f: options must be a table, not string", live.raised(check, "size"))
    assert.matches("f: unknown option 'a'", live.raised(check, { a = 1, size = "2", mode = "quick", check = 1 }))
  end)
end)
