-- problems.lua: what the catalogue says about an input, for people. What the
-- service's documents forbid is an error; what only inferred limits say against
-- it, or what the catalogue does not know, is a warning and may be sent.

local image = require "liangxin.image"
local models = require "liangxin.models"
local pairs = require("liangxin.walk").pairs

local M = {}

local IMAGE = getmetatable(image.new { bytes = "x" })

-- Names that the catalogue does not know, sorted; a misspelt one is in `found`.
local function unknown(row, input, found)
  local known, names = {}, {}
  for _, spec in ipairs(row.parameters) do
    known[spec.name] = true
  end
  for _, problem in ipairs(found) do
    known[problem.parameter] = true
  end
  for name in pairs(input) do
    if not known[name] then
      names[#names + 1] = name
    end
  end
  table.sort(names)
  return names
end

local rows = {} -- of the catalogue, by id: a copy of each is enough

--- What there is to say: a list of {level = "error" or "warning", message =}.
function M.of(model, input)
  local _, found = models.validate(model, input)
  local list = {}
  for i, problem in ipairs(found or {}) do
    list[i] = { level = problem.inferred and "warning" or "error", message = problem.message }
  end
  if rows[model] == nil then
    rows[model] = models.get(model) or false
  end
  for _, name in ipairs(rows[model] and unknown(rows[model], input, found or {}) or {}) do
    list[#list + 1] = {
      level = "warning",
      message = ("input.%s is not in the catalogue of %s; it is sent as it is"):format(name, model),
    }
  end
  return list
end

--- Whether the input may be sent; all there is to say is said.
function M.check(output, model, input)
  local is_good = true
  for _, problem in ipairs(M.of(model, input)) do
    if problem.level == "error" then
      is_good = false
      output:fail("%s", problem.message)
    else
      output:say("%s", problem.message)
    end
  end
  return is_good
end

--- An input as JSON shows it: pictures by name.
function M.shown(value)
  if type(value) ~= "table" then
    return value
  elseif getmetatable(value) == IMAGE then
    return tostring(value)
  end
  local copy = {}
  for name, item in pairs(value) do
    copy[name] = M.shown(item)
  end
  return copy
end

return M
