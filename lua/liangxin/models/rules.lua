-- The rules about parameters taken together, by the name that a row gives
-- them. A rule is data; this file holds what each name means. Reads only what
-- has the right shape; the checks of single parameters report the rest.

local show = require("liangxin.models.show")
local values = require("liangxin.models.values")

local rules = {}

local function given(rule, input)
  local present, absent = {}, {}
  for _, name in ipairs(rule.params) do
    local is_absent = values.is_absent(rawget(input, name))
    local list = is_absent and absent or present
    list[#list + 1] = name
  end
  return present, absent
end

-- A list counts as its items, anything else as one.
local function count_items(rule, input)
  local count = 0
  for _, name in ipairs(rule.params) do
    local value = rawget(input, name)
    if not values.is_absent(value) then
      count = count + (values.list_length(value) or 1)
    end
  end
  return count
end

local function sum_fields(rule, input)
  local list = rawget(input, rule.params[1])
  local sum = 0
  for i = 1, values.list_length(list) or 0 do
    local item = rawget(list, i)
    local value = type(item) == "table" and rawget(item, rule.field)
    sum = sum + (values.seconds(value) or 0)
  end
  return sum
end

-- What a rule allows, in words.
local TEXT = {
  both_or_neither = function(rule)
    return "give " .. show.names(rule.params, "and") .. " together or not at all"
  end,

  one_of_required = function(rule)
    return show.names(rule.params, "or") .. " is required"
  end,

  at_most = function(rule)
    return ("%s may hold at most %d together"):format(
      show.names(rule.params, "and"),
      rule.count
    )
  end,

  requires = function(rule)
    local others = {}
    for i = 2, #rule.params do
      others[i - 1] = rule.params[i]
    end
    return rule.params[1] .. " needs " .. show.names(others, "and")
  end,

  excludes = function(rule)
    return show.names(rule.params, "and") .. " exclude each other"
  end,

  sum_at_most = function(rule)
    return ("the %s values of %s may add up to at most %s %s"):format(
      rule.field,
      rule.params[1],
      rule.count,
      rule.unit
    )
  end,
}

-- Each returns nothing when the rule holds, otherwise what the input holds, in
-- words.
local BROKEN = {
  both_or_neither = function(rule, input)
    local present, absent = given(rule, input)
    if #present > 0 and #absent > 0 then
      return show.names(absent, "and") .. " is missing"
    end
  end,

  one_of_required = function(rule, input)
    if #given(rule, input) == 0 then
      return "none is given"
    end
  end,

  at_most = function(rule, input)
    local count = count_items(rule, input)
    if count > rule.count then
      return ("there are %d"):format(count)
    end
  end,

  -- The first parameter, when it is true, needs all the others.
  requires = function(rule, input)
    local _, absent = given(rule, input)
    if rawget(input, rule.params[1]) == true and #absent > 0 then
      return show.names(absent, "and") .. " is missing"
    end
  end,

  -- Of the parameters, given and not false, at most one.
  excludes = function(rule, input)
    local used = {}
    for _, name in ipairs((given(rule, input))) do
      used[#used + 1] = rawget(input, name) and name or nil
    end
    if #used > 1 then
      return show.names(used, "and") .. " are given"
    end
  end,

  sum_at_most = function(rule, input)
    local sum = sum_fields(rule, input)
    if sum > rule.count then
      return ("they add up to %s"):format(sum)
    end
  end,
}

---What a rule allows, in words.
---@return string
function rules.text(rule)
  return TEXT[rule.rule](rule)
end

---@return string? given what the input holds; nil when the rule is kept
---@return string? allowed what the rule allows
function rules.broken(rule, input)
  local found = BROKEN[rule.rule](rule, input)
  if found then
    return found, rules.text(rule)
  end
end

return rules
