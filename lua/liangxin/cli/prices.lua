-- prices.lua: what models cost, in the form that the option `prices` takes:
-- credits for one task, by model. The config file's come first; the gateway's page
-- of prices, where it has one, gives the others.

local config = require "liangxin.cli.config"
local json = require "liangxin.cli.json"
local next = require("liangxin.walk").next
local pairs = require("liangxin.walk").pairs

local M = {}

local CREDITS_MAX = 1e9

-- Of the group that a new account is in; of others where the model is not for that
-- one: the dearest, so that nothing costs more than was said.
local function ratio_of(groups, ratios)
  local dearest
  for _, group in ipairs(type(groups) == "table" and groups or {}) do
    local ratio = tonumber(ratios[group])
    if group == "default" and ratio then
      return ratio
    elseif ratio and ratio > (dearest or -1) then
      dearest = ratio
    end
  end
  return dearest or 1
end

-- A row of the page: the model and its price; nil where it is not paid by the task.
local function price_of(row, ratios)
  local model, price = row.model_name, tonumber(row.model_price)
  if type(model) ~= "string" or row.quota_type ~= 1 or not price then
    return nil
  end
  price = price * ratio_of(row.enable_groups, ratios)
  return price >= 0 and price <= CREDITS_MAX and model or nil, price
end

--- The prices on a page of the gateway's, or nil where it is none.
function M.read(page)
  local root = json.decode(page)
  local rows = type(root) == "table" and root.data
  if type(rows) ~= "table" then
    return nil
  end
  local ratios, prices = type(root.group_ratio) == "table" and root.group_ratio or {}, {}
  for _, row in ipairs(rows) do
    local model, price = price_of(type(row) == "table" and row or {}, ratios)
    if model then
      prices[model] = price
    end
  end
  return prices
end

--- Ask the gateway: the prices, or nil, why.
function M.ask(client)
  local record, err = client:_page "pricing"
  local page = record or err.record
  local prices = page and page.body and M.read(page.body)
  if not prices or not next(prices) then
    return nil, err and err.kind ~= "bad_response" and err.message or "this gateway has no page of prices"
  end
  return prices
end

-- Whether `known` has a price for each model that is a key of `wanted`.
local function has_all(known, wanted)
  for model in pairs(wanted or {}) do
    if not known[model] then
      return false
    end
  end
  return wanted ~= nil
end

--- What is known: the config file's prices, and the gateway's where address and key
--- are set. Never fails: what is not known is not there. `wanted`: models as keys;
--- the gateway is not asked where the config file knows them all. nil: any.
function M.known(cli, wanted)
  local prices = {}
  local base_url = config.base_url(cli.config)
  local client = not has_all(cli.config.prices or {}, wanted) and base_url and config.api_key(cli.config)
    and cli:client { timeout = 10, retry = { attempts = 1, base = 0.01, max = 0.01 } }
  if client then
    local asked, why = M.ask(client)
    client:close()
    prices = asked or prices
    if why then
      cli.output:detail("prices: %s", why)
    end
  end
  for model, price in pairs(cli.config.prices or {}) do
    prices[model] = price
  end
  return prices
end

return M
