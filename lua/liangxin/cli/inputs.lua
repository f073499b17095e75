-- inputs.lua: what a person writes for a parameter, on the command line or in a
-- cell, as the value that the model takes. The catalogue says which type that is;
-- where it does not, a number, true, false and JSON are read as such. What does
-- not fit stays as it is: the catalogue's check says what is wrong with it.

local json = require "liangxin.cli.json"
local liangxin = require "liangxin"

local M = {}

local specs_of = {} -- by model, then by name

local function spec_of(model, name)
  local specs = specs_of[model]
  if not specs then
    local row = liangxin.models.get(model)
    specs = {}
    for _, spec in ipairs(row and row.parameters or {}) do
      specs[spec.name] = spec
    end
    specs_of[model] = specs
  end
  return specs[name]
end

-- As JSON writes it: 0x10, 1e400 and "inf" are none.
local function to_number(text)
  if text:find("^%-?%d+$") or text:find("^%-?%d+%.%d+$") or text:find("^%-?%d+%.?%d*[eE][+-]?%d+$") then
    local number = tonumber(text)
    return number and number - number == 0 and number or nil
  end
  return nil
end

local BOOLEANS = { ["true"] = true, ["yes"] = true, ["on"] = true, ["1"] = true }
for _, word in ipairs { "false", "no", "off", "0" } do
  BOOLEANS[word] = false
end

local function to_boolean(text)
  return BOOLEANS[text:lower()]
end

-- The JSON that begins with `opening`, or nil.
local function to_json(text, opening)
  return text:sub(1, 1) == opening and json.decode(text) or nil
end

local function or_text(value, text)
  if value == nil then
    return text
  end
  return value
end

local function guess(text)
  local value = to_number(text)
  if value == nil and (text == "true" or text == "false") then
    return text == "true"
  end
  return or_text(or_text(value, to_json(text, "[")), or_text(to_json(text, "{"), text))
end

-- "@path": a picture, or for a text what stands in the file; "@@" is a "@".
local function from_file(text, is_text)
  local path = text:sub(2)
  if path:sub(1, 1) == "@" then
    return path
  end
  local file, why = io.open(path, "rb")
  local content = file and file:read(is_text and "*a" or 1)
  if file then
    file:close()
  end
  if not content then
    return nil, ("the file cannot be read: %s"):format(why or path .. ": it is empty or a folder")
  end
  return is_text and content:gsub("\r?\n$", "") or liangxin.image(path)
end

local convert

local function to_list(text, item)
  local list = to_json(text, "[")
  if list then
    return list
  end
  list = {}
  for part in (text .. "|"):gmatch("([^|]*)|") do
    local value, why = convert(item, part)
    if value == nil then
      return nil, why
    end
    list[#list + 1] = value
  end
  return list
end

local CONVERT = {
  integer = to_number,
  number = to_number,
  boolean = to_boolean,
  object = function(text)
    return to_json(text, "{")
  end,
}

function convert(spec, text)
  if not spec and text:sub(1, 1) ~= "@" then
    return guess(text)
  elseif spec and spec.type == "array" then
    return to_list(text, spec.item)
  elseif text:sub(1, 1) == "@" and (not spec or spec.type == "string") then
    return from_file(text, spec and spec.role ~= "image")
  end
  local read = CONVERT[spec.type]
  return or_text(read and read(text), text)
end

--- The value of a text for a parameter; or nil, why.
function M.convert(model, name, text)
  local value, why = convert(spec_of(model, name), text)
  if value == nil then
    return nil, ("input.%s: %s"):format(name, why)
  end
  return value
end

-- A local picture in JSON, where everything has its type already.
local function with_pictures(spec, value)
  if type(value) == "string" and value:sub(1, 1) == "@" and spec.role == "image" then
    return from_file(value)
  elseif type(value) == "table" and spec.item then
    for i, item in ipairs(value) do
      local picture, why = with_pictures(spec.item, item)
      if picture == nil then
        return nil, why
      end
      value[i] = picture
    end
  end
  return value
end

--- The same for a value that has its type; or nil, why.
function M.adopt(model, name, value)
  local spec = spec_of(model, name)
  local adopted, why = value, nil
  if spec then
    adopted, why = with_pictures(spec, value)
  end
  if adopted == nil then
    return nil, ("input.%s: %s"):format(name, why)
  end
  return adopted
end

--- Put "name=text" into an input: true; or nil, why. Given again, a parameter that
--- takes a list gets one more item.
function M.put(input, model, name, text)
  local value, why = M.convert(model, name, text)
  if value == nil then
    return nil, why
  end
  local before, spec = input[name], spec_of(model, name)
  if before == nil then
    input[name] = value
  elseif spec and spec.type == "array" and type(before) == "table" and type(value) == "table" then
    for _, item in ipairs(value) do
      before[#before + 1] = item
    end
  else
    return nil, ("input.%s is given twice"):format(name)
  end
  return true
end

return M
