-- The checker: compares an input with the row of one model and collects all
-- problems. Driven by the row alone; no model is named here. Never raises,
-- whatever the input is: it reads tables with rawget and next only, goes as
-- deep as the row describes and no deeper (so a cycle is harmless), and looks
-- at a bounded number of items. Keys that the row does not list pass, unless
-- they are a typing error away from one that it lists.

local show = require("liangxin.models.show")
local rules = require("liangxin.models.rules")
local spelling = require("liangxin.spelling")
local values = require("liangxin.models.values")
local next = require("liangxin.walk").next

local ITEMS_MAX = 64 -- of a list, and of keys that a row does not know

local INFERRED_NOTE = " (an inferred limit: the service may accept it)"

-- Facts that are as sure for every parameter: no service can fetch a path on
-- this machine, and none documents that it refuses data URIs.
local IS_INFERRED = { local_path = false, data_uri = true }

local function is_inferred(spec, fact)
  if IS_INFERRED[fact] ~= nil then
    return IS_INFERRED[fact]
  elseif spec.trust == "inferred" then
    return true
  end
  return spec.inferred ~= nil and spec.inferred[fact] == true
end

-- Numbers, booleans and short choices are reported as they are; what may be
-- long or private (text, URLs, data URIs) is reported as its description.
local function reported_value(value, role)
  local kind = type(value)
  if kind == "number" or kind == "boolean" or kind == "nil" then
    return value
  elseif kind == "string" and not role and #value <= 64 then
    local has_scheme = value:find("^%a[%w+.-]*:")
    return has_scheme and show.value(value) or value
  end
  return show.value(value, role)
end

-- A bound as far as it may be told beside the broken one: an inferred limit
-- is not mentioned as if it were as sure as a documented one.
local function bound(spec, fact, broken)
  if is_inferred(spec, fact) and not is_inferred(spec, broken) then
    return nil
  end
  return spec[fact]
end

local function span(low, high, noun)
  if low and high then
    return ("%s to %s %ss"):format(low, high, noun)
  elseif low then
    return ("at least %s %s%s"):format(low, noun, low == 1 and "" or "s")
  end
  return ("at most %s %s%s"):format(high, noun, high == 1 and "" or "s")
end

local function range_text(spec, broken)
  local low, high = bound(spec, "min", broken), bound(spec, "max", broken)
  local noun = spec.type == "integer" and "an integer" or "a number"
  if low and high then
    return ("%s from %s to %s"):format(noun, low, high)
  elseif low then
    return ("%s of at least %s"):format(noun, low)
  end
  return ("%s of at most %s"):format(noun, high)
end

local function length_text(spec, broken)
  local low = bound(spec, "min_length", broken)
  return "a text of "
    .. span(low, bound(spec, "max_length", broken), "character")
end

local function items_text(spec, broken)
  local low = bound(spec, "min_items", broken)
  return "a list of " .. span(low, bound(spec, "max_items", broken), "item")
end

local function enum_text(spec)
  local accepted = values.accepted(spec)
  return (#accepted > 1 and "one of " or "") .. show.choice(accepted)
end

local function picture_text(spec)
  return "an http(s) URL that ends with "
    .. show.names(spec.suffixes, "or")
    .. ", or a data URI of "
    .. show.names(spec.data_types, "or")
end

local function local_path_text()
  return "an http(s) URL; for a picture on this machine give "
    .. "liangxin.image(path)"
end

local function data_uri_text()
  return "an http(s) URL: data URIs are not documented for it"
end

local TYPE_TEXT = {
  string = "a string",
  integer = "an integer",
  number = "a finite number",
  boolean = "true or false",
  array = "a list (keys 1 to n, without holes)",
  object = "a table with names, not a list",
  seconds = "a number of seconds, as a number or as a string",
}

local function type_text(spec)
  local text = TYPE_TEXT[spec.type]
  if bound(spec, "enum", "type") then
    return text .. ", " .. enum_text(spec)
  end
  return text
end

-- What a value must be, in words, by the fact that it broke.
local ALLOWED = {
  type = type_text,
  min = range_text,
  max = range_text,
  min_length = length_text,
  max_length = length_text,
  min_items = items_text,
  max_items = items_text,
  enum = enum_text,
  suffixes = picture_text,
  local_path = local_path_text,
  data_uri = data_uri_text,
}

local function add(problems, problem)
  if problem.inferred and problems.is_documented_only then
    return
  elseif problem.inferred then
    problem.message = problem.message .. INFERRED_NOTE
  else
    problems.only_inferred = false
  end
  problems[#problems + 1] = problem
end

-- `count` is the number of items when that is what is wrong with a list.
local function report(problems, path, spec, fact, value, count)
  local allowed = ALLOWED[fact](spec, fact)
  local shown = count and ("a list of %d"):format(count)
    or show.value(value, spec.role)
  add(problems, {
    parameter = path,
    value = count and shown or reported_value(value, spec.role),
    allowed = allowed,
    message = ("input.%s is %s: it must be %s"):format(path, shown, allowed),
    -- No JSON can carry NaN or an infinity, so no service can accept them.
    inferred = is_inferred(spec, fact) and not values.is_not_finite(value),
  })
end

local function check_string(problems, path, spec, value)
  local broken = values.broken_string_fact(spec, value)
  if broken then
    report(problems, path, spec, broken, value)
  end
end

local function check_number(problems, path, spec, value)
  if spec.min and value < spec.min then
    report(problems, path, spec, "min", value)
  elseif spec.max and value > spec.max then
    report(problems, path, spec, "max", value)
  end
end

-- Keys that are nearly one of `fields`, sorted.
local function misspelt_keys(fields, object)
  local known, misspelt, looked_at = {}, {}, 0
  for _, spec in ipairs(fields) do
    known[spec.name] = true
  end
  for key in next, object do
    if type(key) == "string" and not known[key] and looked_at < ITEMS_MAX then
      looked_at = looked_at + 1
      misspelt[#misspelt + 1] = spelling.near(key, known) and key
    end
  end
  table.sort(misspelt)
  return misspelt, known
end

local function check_spelling(problems, prefix, fields, object)
  local misspelt, known = misspelt_keys(fields, object)
  for _, key in ipairs(misspelt) do
    local near = spelling.near(key, known)
    add(problems, {
      parameter = prefix .. key,
      suggestion = near,
      allowed = '"' .. near .. '"',
      message = ('input.%s is unknown: did you mean "%s"?'):format(
        prefix .. key,
        near
      ),
      inferred = false,
    })
  end
end

local check

local function check_array(problems, path, spec, value)
  local count = values.list_length(value)
  if spec.min_items and count < spec.min_items then
    report(problems, path, spec, "min_items", value, count)
  elseif spec.max_items and count > spec.max_items then
    report(problems, path, spec, "max_items", value, count)
  end
  for i = 1, math.min(count, spec.max_items or ITEMS_MAX, ITEMS_MAX) do
    check(problems, ("%s[%d]"):format(path, i), spec.item, rawget(value, i))
  end
end

local function check_fields(problems, prefix, fields, object)
  for _, spec in ipairs(fields) do
    local path = prefix .. spec.name
    local value = rawget(object, spec.name)
    if not values.is_absent(value) then
      check(problems, path, spec, value)
    elseif spec.required then
      local allowed = TYPE_TEXT[spec.type]
      add(problems, {
        parameter = path,
        allowed = allowed,
        message = ("input.%s is required: give %s"):format(path, allowed),
        inferred = is_inferred(spec, "required"),
      })
    end
  end
  check_spelling(problems, prefix, fields, object)
end

local CHECKS = {
  string = check_string,
  integer = check_number,
  number = check_number,
  array = check_array,
  object = function(problems, path, spec, value)
    check_fields(problems, path .. ".", spec.fields, value)
  end,
}

-- What is in it is looked at when it is sent.
local function check_picture(problems, path, spec, picture)
  if spec.role ~= "image" or spec.type ~= "string" then
    report(problems, path, spec, "type", picture)
  elseif not values.takes_data_uris(spec) then
    report(problems, path, spec, "data_uri", picture)
  end
end

function check(problems, path, spec, value)
  value = values.sent(value)
  if values.is_picture(value) then
    check_picture(problems, path, spec, value)
  elseif not values.has_type(spec.type, value) then
    report(problems, path, spec, "type", value)
  elseif CHECKS[spec.type] then
    CHECKS[spec.type](problems, path, spec, value)
  end
end

local function check_rules(problems, row, input)
  for _, rule in ipairs(row.combinations or {}) do
    local value, allowed = rules.broken(rule, input)
    if allowed then
      add(problems, {
        parameter = table.concat(rule.params, ", "),
        value = value,
        allowed = allowed,
        message = ("input: %s, but %s"):format(allowed, value),
        inferred = rule.trust == "inferred",
      })
    end
  end
end

local Problems = {}

function Problems.__tostring(problems)
  local messages = {}
  for i, problem in ipairs(problems) do
    messages[i] = problem.message
  end
  return table.concat(messages, "; ")
end

local function check_input(problems, row, input)
  if not values.has_type("object", input) then
    add(problems, {
      parameter = "input",
      value = reported_value(input, "text"),
      allowed = TYPE_TEXT.object,
      message = ("input is %s: it must be %s"):format(
        show.value(input, "text"),
        TYPE_TEXT.object
      ),
      inferred = false,
    })
    return
  end
  check_fields(problems, "", row.parameters, input)
  check_rules(problems, row, input)
end

local checker = {}

---A list for problems: empty, and tostring gives all of them on one line.
---@param is_documented_only boolean inferred problems are not added
---@return liangxin.Problems
function checker.new_problems(is_documented_only)
  return setmetatable({
    only_inferred = true,
    is_documented_only = is_documented_only or nil,
  }, Problems)
end

---Appends a problem that is none of a row's.
checker.add = add

---Appends all that is wrong with `input` for the model of `row`.
---@param problems liangxin.Problems
---@param row liangxin.Model
---@param input any
checker.check = check_input

return checker
