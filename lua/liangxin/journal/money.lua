-- money.lua: credits as programs write them, and thousandths of a credit as the
-- journal counts them: whole numbers, of which sums are exact.

local M = {}

--- The most that a price or ceiling may be, in credits.
M.CREDITS_MAX = 1e9

-- 4.35 * 1000 is 4349.9999999999991: what the product of a number of three
-- decimals may be off by.
local SLACK = 1e-3

--- What a price of `credits` reserves: a part of a thousandth counts as one.
function M.price(credits)
  return math.ceil(credits * 1000 - SLACK)
end

--- What a ceiling of `credits` allows: a part of a thousandth is none.
function M.ceiling(credits)
  return math.floor(credits * 1000 + SLACK)
end

--- What a charge of `credits` counts as: the nearest thousandth; nil of nil, and of
--- what is no charge.
function M.charge(credits)
  if credits and credits >= 0 and credits <= M.CREDITS_MAX then
    return math.floor(credits * 1000 + 0.5)
  end
  return nil
end

--- Thousandths as credits; nil of nil.
function M.credits(thousandths)
  if thousandths == nil then
    return nil
  elseif thousandths % 1000 == 0 then
    return math.floor(thousandths / 1000) -- an integer, where Lua has them
  end
  return thousandths / 1000
end

return M
