-- costs.lua: what a number of tasks costs, by the prices of the config file, and
-- for a dry run by the gateway's.

local prices_module = require "liangxin.cli.prices"
local text = require "liangxin.cli.text"
local pairs = require("liangxin.walk").pairs

local M = {}

local Costs = {}
Costs.__index = Costs

--- `prices`: credits by model, or nil.
function M.new(prices)
  return setmetatable({ prices = prices or {}, counts = {}, models = {} }, Costs)
end

function Costs:add(model)
  if not self.counts[model] then
    self.models[#self.models + 1] = model
  end
  self.counts[model] = (self.counts[model] or 0) + 1
end

--- Ask the gateway for the prices that the config file does not have.
function Costs:ask(cli)
  self.prices = prices_module.known(cli, self.counts)
end

--- The sum in credits, and whether all prices are known.
function Costs:sum()
  local credits, is_whole = 0, true
  for model, count in pairs(self.counts) do
    is_whole = is_whole and self.prices[model] ~= nil
    credits = credits + count * (self.prices[model] or 0)
  end
  return credits, is_whole
end

--- Lines for people.
function Costs:lines()
  local lines = {}
  table.sort(self.models)
  for i, model in ipairs(self.models) do
    local count, price = self.counts[model], self.prices[model]
    local cost = price and ("%s credits, %s each"):format(text.number(count * price), text.number(price))
    lines[i] = ("%d x %s: %s"):format(count, model, cost or "no price is known: state it in prices, in the config file")
  end
  if #lines > 1 then
    local credits, is_whole = self:sum()
    lines[#lines + 1] = ("%s%s credits"):format(is_whole and "" or "at least ", text.number(credits))
  end
  return lines
end

return M
