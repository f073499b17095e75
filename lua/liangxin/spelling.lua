-- spelling.lua: whether a name is a typing error away from one that exists.
-- Pure; knows nothing of options, parameters or models.

local pairs = require("liangxin.walk").pairs

local spelling = {}

local LENGTH_MAX = 64

-- Case and separators are no difference at all: "timeOut" is "time_out".
local function fold(name)
  return (name:lower():gsub("[%s_.-]", ""))
end

-- How many insertions, removals, replacements and swaps of neighbours lead
-- from one text to the other.
local function distance(a, b)
  local before, row = nil, {}
  for j = 0, #b do
    row[j] = j
  end
  for i = 1, #a do
    local above = row
    row = { [0] = i }
    for j = 1, #b do
      local same = a:byte(i) == b:byte(j)
      local best = math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (same and 0 or 1))
      local is_swap = before and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j)
      row[j] = is_swap and math.min(best, before[j - 2] + 1) or best
    end
    before = above
  end
  return row[#b]
end

-- Short names leave room for one error, long ones for two.
local function errors_allowed(folded)
  return #folded < 3 and 0 or #folded < 8 and 1 or 2
end

--- The name in the set `names` (its keys) that `name` is a typing error away
--- from, or nil. A different digit is a different name, never an error:
--- versions and numbered parameters are.
---@param name string
---@param names table<string, any>
---@return string?
function spelling.near(name, names)
  if #name > LENGTH_MAX then
    return nil
  end
  local folded = fold(name)
  local digits, allowed = folded:gsub("%D", ""), errors_allowed(folded)
  local best, best_distance
  for candidate in pairs(names) do
    local other = fold(candidate)
    if other:gsub("%D", "") == digits and math.abs(#other - #folded) <= allowed then
      local errors = distance(folded, other)
      local is_better = not best or errors < best_distance or (errors == best_distance and candidate < best)
      if errors <= allowed and is_better then
        best, best_distance = candidate, errors
      end
    end
  end
  return best
end

return spelling
