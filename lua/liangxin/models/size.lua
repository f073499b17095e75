-- What an input will come out as: pixels and file format. Driven by the
-- `size` and `format` of a model's row; no model is named here. Never raises,
-- and ignores values that the row does not know: refusing them is the
-- checker's business, drawing something is the caller's.

local values = require("liangxin.models.values")

local size = {}

local function spec_of(row, name)
  for _, spec in ipairs(row.parameters) do
    if spec.name == name then
      return spec
    end
  end
end

-- The canonical value that the input gives for a parameter, or nil.
local function given_value(row, input, name)
  local spec = spec_of(row, name)
  local value = rawget(input, name)
  if values.is_absent(value) or not values.has_type(spec.type, value) then
    return nil
  end
  if spec.min and value < spec.min or spec.max and value > spec.max then
    return nil
  end
  return values.canonical(spec, value)
end

-- A step with `pixels` holds when the input gives both numbers.
local function size_from_pixels(row, input, step)
  local width = given_value(row, input, step.pixels[1])
  local height = given_value(row, input, step.pixels[2])
  if width and height then
    return { width, height }
  end
end

-- A step with `by` holds when the input gives at least one of its parameters;
-- the others take their defaults.
local function size_from_table(row, input, step)
  local found, is_given = step.sizes, false
  for _, name in ipairs(step.by) do
    local value = given_value(row, input, name)
    is_given = is_given or value ~= nil
    if value == nil then
      value = spec_of(row, name).default
    end
    found = found and value ~= nil and found[value]
  end
  return is_given and found or nil
end

---@param row liangxin.Model
---@param input any
---@return integer width
---@return integer height
---@return "documented"|"inferred" trust
function size.of(row, input)
  input = type(input) == "table" and input or {}
  for _, step in ipairs(row.size) do
    local found = step.pixels and size_from_pixels(row, input, step)
      or step.by and size_from_table(row, input, step)
      or step.default
    if found then
      return found[1], found[2], step.trust
    end
  end
end

---@param row liangxin.Model
---@param input any
---@return "png"|"jpeg"|"mp4" format
---@return "documented"|"inferred" trust
function size.format(row, input)
  local format = row.format
  if format.parameter and type(input) == "table" then
    local value = given_value(row, input, format.parameter)
    if value ~= nil then
      return format.values[value], format.trust
    end
  end
  return format.default, format.trust
end

return size
