-- LuaCATS for editors, from the rows of the catalogue: a class for each model's
-- input, and client:generate with each model's name.

local facts = require "docs.facts"

local model_types = {}

local HEAD = [[
---@meta liangxin.models.types

-- Written by `make docs` from the catalogue. Never loaded: with it, editors
-- complete and check model names, parameters and choices in client:generate.
-- A star marks what is inferred; another spelling or value may be accepted.
]]

local TYPES = {
  string = "string", integer = "integer", number = "number", boolean = "boolean",
  seconds = "number|string",
}

local type_of

local function object_type(fields)
  local parts = {}
  for i, field in ipairs(fields) do
    parts[i] = ("%s%s: %s"):format(field.name, field.required and "" or "?", type_of(field))
  end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

-- Choices that are inferred, or have other spellings, do not exclude a string.
local function choice_type(spec)
  local parts = {}
  for i, choice in ipairs(spec.enum) do
    parts[i] = ("%q"):format(choice)
  end
  for alias in pairs(spec.aliases or {}) do
    parts[#parts + 1] = ("%q"):format(alias)
  end
  table.sort(parts)
  if spec.trust == "inferred" or spec.inferred and spec.inferred.enum then
    parts[#parts + 1] = "string"
  end
  return table.concat(parts, "|")
end

function type_of(spec)
  if spec.type == "array" then
    local item = type_of(spec.item)
    return item:find("|", 1, true) and "(" .. item .. ")[]" or item .. "[]"
  elseif spec.type == "object" then
    return object_type(spec.fields)
  elseif spec.role == "image" then
    return "liangxin.Picture"
  end
  return spec.enum and choice_type(spec) or TYPES[spec.type]
end

local function description_of(spec)
  local without_choices = {}
  for name, value in pairs(spec) do
    without_choices[name] = value
  end
  without_choices.enum, without_choices.aliases = nil, nil
  local parts = {}
  local allowed = facts.allowed(without_choices, "*"):gsub("`", "")
  if allowed ~= "" then
    parts[1] = allowed
  end
  if spec.default ~= nil then
    parts[#parts + 1] = "default " .. facts.default(spec, "*"):gsub("`", "")
  end
  return (spec.trust == "inferred" and "* " or "") .. table.concat(parts, "; ")
end

local function class_of(model)
  return "liangxin.input." .. model.id:gsub("[^%w]", "_")
end

local function add_class(lines, model)
  lines[#lines + 1] = ("\n---%s: %s\n---@class %s"):format(model.title, model.description, class_of(model))
  for _, spec in ipairs(model.parameters) do
    local line = ("---@field %s%s %s %s"):format(
      spec.name, spec.required and "" or "?", type_of(spec), description_of(spec))
    lines[#lines + 1] = line:gsub("%s+$", "")
  end
end

local GENERATE = '---@field generate fun(self: liangxin.Client, model: "%s", input: %s, opts?: '
  .. "liangxin.GenerateOptions): liangxin.Result?, liangxin.Error?"

---@param rows liangxin.Model[]
---@return string lua
function model_types.file(rows)
  local lines = { HEAD .. "-- luacheck: ignore 631" }
  for _, model in ipairs(rows) do
    add_class(lines, model)
  end
  lines[#lines + 1] = "\n---@class liangxin.Client"
  for _, model in ipairs(rows) do
    lines[#lines + 1] = GENERATE:format(model.id, class_of(model))
  end
  return table.concat(lines, "\n") .. "\n"
end

return model_types
