-- What a row of the catalogue says about a parameter, in words. Facts that are
-- inferred though their parameter is documented get `mark` behind them.

local rules = require "liangxin.models.rules"

local facts = {}

local function marked(spec, fact, text, mark)
  local is_inferred = spec.trust ~= "inferred" and spec.inferred and spec.inferred[fact]
  return is_inferred and text .. mark or text
end

function facts.type_of(spec)
  if spec.type == "array" then
    return "list of " .. (spec.item.role == "image" and "pictures" or spec.item.type .. "s")
  elseif spec.type == "seconds" then
    return "number or string of seconds"
  end
  return spec.role == "image" and "picture" or spec.type
end

local function choices(values, format)
  local shown = {}
  for i, value in ipairs(values) do
    shown[i] = format:format(value)
  end
  return table.concat(shown, " ")
end

-- "1 to 50", "at least 1", each end marked by itself.
local function span(out, spec, low, high, unit, mark)
  local least = spec[low] and marked(spec, low, ("%.14g"):format(spec[low]), mark)
  local most = spec[high] and marked(spec, high, ("%.14g"):format(spec[high]), mark)
  if least and most then
    out[#out + 1] = least .. " to " .. most .. unit
  elseif least or most then
    out[#out + 1] = (least and "at least " .. least or "at most " .. most) .. unit
  end
end

local function add_choices(out, spec, mark)
  if spec.enum then
    out[#out + 1] = marked(spec, "enum", choices(spec.enum, "`%s`"), mark)
  end
  local aliases = {}
  for alias in pairs(spec.aliases or {}) do
    aliases[#aliases + 1] = alias
  end
  table.sort(aliases)
  if aliases[1] then
    out[#out + 1] = marked(spec, "aliases", "or " .. choices(aliases, "`%s`"), mark)
  end
end

local function add_picture(out, spec, mark)
  if spec.suffixes then
    out[#out + 1] = "URL that ends with " .. choices(spec.suffixes, "`%s`")
  end
  if spec.data_uri then
    out[#out + 1] = "or a data URI" .. (spec.data_uri == "inferred" and spec.trust ~= "inferred" and mark or "")
  end
end

---Choices, ranges and lengths.
---@param spec liangxin.Parameter
---@param mark string
---@return string
function facts.allowed(spec, mark)
  local out = {}
  add_choices(out, spec, mark)
  span(out, spec, "min", "max", "", mark)
  if spec.max_length or (spec.min_length or 1) > 1 then
    span(out, spec, "min_length", "max_length", " characters", mark)
  elseif spec.min_length and spec.role ~= "image" then
    out[#out + 1] = marked(spec, "min_length", "not empty", mark)
  end
  span(out, spec, "min_items", "max_items", " items", mark)
  add_picture(out, spec.item or spec, mark)
  if spec.note then
    out[#out + 1] = marked(spec, "note", spec.note, mark)
  end
  return table.concat(out, "; ")
end

function facts.default(spec, mark)
  if spec.default == nil then
    return ""
  end
  return marked(spec, "default", "`" .. tostring(spec.default) .. "`", mark)
end

facts.rule = rules.text

local function literal(value)
  if type(value) ~= "table" then
    return type(value) == "string" and ("%q"):format(value) or tostring(value)
  end
  local items = {}
  for i, item in ipairs(value) do
    items[i] = literal(item)
  end
  return "{ " .. table.concat(items, ", ") .. " }"
end

---The model's example as Lua, in the order of its parameters.
function facts.input(model)
  local lines = {}
  for _, spec in ipairs(model.parameters) do
    local value = model.example[spec.name]
    if value ~= nil then
      lines[#lines + 1] = ("  %s = %s,"):format(spec.name, literal(value))
    end
  end
  return "{\n" .. table.concat(lines, "\n") .. "\n}"
end

return facts
