-- The tokens of callbacks: one for each create that may be lost, kept while they
-- may be needed, and 10,000 at most. What callbacks lead to is in the specs of
-- the wire and of recovery.

local notify = require "liangxin.notify"

local TOKENS_MAX = 10000

describe("callback tokens", function()
  local client

  before_each(function()
    client = { _tokens = notify.new_tokens() }
  end)

  local function kept()
    local tokens, count = client._tokens, 0
    for _ in pairs(tokens.by_token) do
      count = count + 1
    end
    return count, tokens.last - tokens.first + 1
  end

  it("differ, and name their task", function()
    local one, other = {}, {}
    local first, second = notify.new_token(client, one), notify.new_token(client, other)
    assert.not_equal(first, second)
    assert.equal(one, client._tokens.by_token[first])
    assert.equal(other, client._tokens.by_token[second])
  end)

  it("are forgotten in any order, and leave nothing", function()
    local tasks = {}
    for i = 1, 5 do
      tasks[i] = {}
      notify.new_token(client, tasks[i])
    end
    for _, i in ipairs { 3, 1, 5, 2, 4 } do
      notify.forget_token(client, tasks[i])
    end
    local count, span = kept()
    assert.equal(0, count)
    assert.equal(0, span)
    assert.is_nil(next(client._tokens.order))
    notify.forget_token(client, tasks[1])
  end)

  it("are 10,000 at most; the oldest goes first", function()
    local oldest = notify.new_token(client, {})
    local second = notify.new_token(client, {})
    for _ = 1, TOKENS_MAX - 1 do
      notify.new_token(client, {})
    end
    assert.equal(TOKENS_MAX, (kept()))
    assert.is_nil(client._tokens.by_token[oldest])
    assert.truthy(client._tokens.by_token[second])
  end)
end)
