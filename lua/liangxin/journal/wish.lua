-- wish.lua: what a create asks of the journal, beside its request.

local errors = require "liangxin.errors"
local money = require "liangxin.journal.money"
local settings = require "liangxin.journal.settings"

local M = {}

-- Each origin has budgets of its own, and those of the option, of batches and of
-- keys never share a name: one of the option stands in quotes. Messages show it.
local function budget(client, name, credits, is_daily)
  return {
    name = ("%sof %s"):format(name, settings.origin(client._options)),
    limit = money.ceiling(credits),
    daily = is_daily,
  }
end

local function budgets_of(client, opts)
  local given, list = client._options.budget, {}
  if given then
    local name = given.name and ("%q "):format(given.name) or ""
    list[1] = budget(client, name, given.credits, given.per == "day")
  end
  if opts.max_credits and opts.batch then
    list[#list + 1] = budget(client, ("of the batch %s "):format(opts.batch), opts.max_credits)
  elseif opts.max_credits and opts.key then
    list[#list + 1] = budget(client, ("of the key %s "):format(opts.key), opts.max_credits)
  end
  return list
end

-- A call that is neither in a batch nor has a key is one attempt: its price says
-- whether it is within max_credits.
local function check_single(opts, price, model)
  if opts.batch or opts.key then
    return true
  elseif not price then
    return nil, errors.new("budget", ("no price is stated for %s: max_credits needs `price`, or `prices` of the client")
      :format(model), { attempts = 0 })
  elseif money.price(price) > money.ceiling(opts.max_credits) then
    return nil, errors.new("budget", ("%s costs %g credits, more than max_credits allows (%g): nothing was sent")
      :format(model, price, opts.max_credits), { attempts = 0 })
  end
  return true
end

--- What handle:create takes for a create of `model`, but for its body and the token
--- of its callback; or nil, err. `opts` are checked ones.
function M.of(client, model, opts)
  local options = client._options
  local price = opts.price or options.prices[model]
  if opts.max_credits then
    local ok, err = check_single(opts, price, model)
    if not ok then
      return nil, err
    end
  end
  return {
    model = model,
    body = nil,
    options = opts,
    price = price and money.price(price),
    budgets = (options.budget or opts.max_credits) and budgets_of(client, opts),
  }
end

return M
