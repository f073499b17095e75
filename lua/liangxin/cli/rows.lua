-- rows.lua: the rows of a batch: CSV, TSV or JSON lines, read one at a time. A
-- column or member is a parameter, but for `model` and `key`.

local core = require "liangxin.core"
local csv = require "liangxin.cli.csv"
local inputs = require "liangxin.cli.inputs"
local json = require "liangxin.cli.json"
local lines = require "liangxin.cli.lines"
local text = require "liangxin.cli.text"
local pairs = require("liangxin.walk").pairs

local M = {}

M.FORMATS = { "csv", "tsv", "jsonl" }

local KEY_MAX, MODEL_MAX = 200, 256 -- bytes

local OF_EXTENSION = { csv = "csv", tsv = "tsv", tab = "tsv", txt = "tsv", jsonl = "jsonl", ndjson = "jsonl",
  json = "jsonl" }

--- The format that a file's name promises, or nil.
function M.format_of(path)
  return OF_EXTENSION[(path:match "%.(%w+)$" or ""):lower()]
end

-- A value as text, the same for equal values: for keys.
local function canonical(value)
  if type(value) == "number" then
    return ("n%.14g"):format(value)
  elseif type(value) ~= "table" then
    return type(value):sub(1, 1) .. tostring(value)
  end
  local names, parts = {}, {}
  for name in pairs(value) do
    names[#names + 1] = name
  end
  table.sort(names, function(a, b)
    return tostring(a) < tostring(b)
  end)
  for i, name in ipairs(names) do
    parts[i] = ("%s=%s;"):format(tostring(name), canonical(value[name]))
  end
  return "{" .. table.concat(parts) .. "}"
end

local Reader = {}
Reader.__index = Reader

-- A row's key where it has none: a hash of it, and which of its equals it is.
local function invent_key(reader, row)
  local hash = core.digest(row.model .. canonical(row.input)):sub(1, 16)
  local count = (reader.occurrences[hash] or 0) + 1
  reader.occurrences[hash] = count
  return ("%s-%d"):format(hash, count)
end

local function check_key(reader, key)
  if key:find "%c" or #key > KEY_MAX then
    return nil, ("key: at most %d bytes, without control characters"):format(KEY_MAX)
  end
  local before = reader.keys[key]
  if before then
    return nil, ("key \"%s\" stands in %s, too"):format(text.clean(key), reader:place(before))
  end
  reader.keys[key] = reader.number
  return key
end

-- Model and key into their places: the row; or nil, why.
local function complete(reader, row)
  row.number = reader.number
  row.model = row.model or reader.model
  if not row.model then
    return nil, "no model: give it in a column \"model\", or with --model"
  elseif row.model:find "%c" or #row.model > MODEL_MAX then
    return nil, ("model: at most %d bytes, without control characters"):format(MODEL_MAX)
  end
  return row
end

local function finish(reader, row)
  local key, why = check_key(reader, row.key or invent_key(reader, row))
  if not key then
    return nil, why
  end
  row.key = key
  return row
end

-- Tables ------------------------------------------------------------------------

local function check_header(fields)
  local seen = {}
  for i, field in ipairs(fields) do
    local name = field:match "^%s*(.-)%s*$"
    fields[i] = name
    if name == "" then
      return nil, ("column %d has no name"):format(i)
    elseif seen[name] then
      return nil, ("there are two columns \"%s\""):format(text.clean(name))
    end
    seen[name] = true
  end
  return fields
end

local function row_of_fields(reader, fields)
  local header = reader.header
  if #fields ~= #header then
    return nil, ("it has %s, the header has %d"):format(text.count(#fields, "column"), #header)
  end
  local row, cells = { input = {} }, {}
  for i, name in ipairs(header) do
    if fields[i] ~= "" then
      cells[name] = fields[i]
    end
  end
  row.model, row.key = cells.model, cells.key
  cells.model, cells.key = nil, nil
  local ok, why = complete(reader, row)
  for name, cell in pairs(ok and cells or {}) do
    if ok then
      ok, why = inputs.put(row.input, row.model, name, cell)
    end
  end
  if not ok then
    return nil, why
  end
  return finish(reader, row)
end

local function next_of_table(reader)
  local fields, why
  repeat
    fields, why = reader.records()
    reader.number = reader.number + 1
    if not fields then
      return nil, why
    elseif #fields > 0 and not reader.header then
      fields, why = check_header(fields)
      if not fields then
        reader.is_over = true
        return nil, why
      end
      reader.header, fields = fields, {}
    end
  until #fields > 0
  return row_of_fields(reader, fields)
end

-- JSON lines ----------------------------------------------------------------------

local function text_member(object, name)
  local value = object[name]
  if value == nil or value == json.null then
    return nil
  elseif type(value) ~= "string" and not (name == "key" and type(value) == "number") then
    return nil, name .. " must be a text"
  end
  return type(value) == "number" and ("%.14g"):format(value) or value
end

local function row_of_object(reader, object)
  local model, bad_model = text_member(object, "model")
  local key, bad_key = text_member(object, "key")
  if bad_model or bad_key then
    return nil, bad_model or bad_key
  end
  local row, why = complete(reader, { model = model, key = key, input = {} })
  if not row then
    return nil, why
  end
  -- The service's own form of a request has them in a member of their own.
  local members = type(object.input) == "table" and object.input or object
  for name, value in pairs(members) do
    if value ~= json.null and (members ~= object or name ~= "model" and name ~= "key") then
      row.input[name], why = inputs.adopt(row.model, name, value)
      if why then
        return nil, why
      end
    end
  end
  return finish(reader, row)
end

local function next_of_json(reader)
  local line, why
  repeat
    line, why = reader.next_line()
    reader.number = reader.number + 1
    if not line then
      return nil, why
    end
  until line:find "%S"
  local object, fault = json.decode(line)
  if type(object) ~= "table" or not line:find "^%s*{" then
    return nil, fault and "no JSON: " .. tostring(fault) or "it must be a JSON object: {\"prompt\": ...}"
  end
  return row_of_object(reader, object)
end

-- All -----------------------------------------------------------------------------

--- How the file's rows are counted, for messages.
function Reader:place(number)
  return ("%s %d"):format(self.format == "jsonl" and "line" or "row", number)
end

--- The next row {number =, model =, key =, input =}; or false and what is wrong
--- with it; or nil at the end. Reader.number is its place.
function Reader:step()
  if self.is_over then
    return nil
  end
  local read = self.format == "jsonl" and next_of_json or next_of_table
  local row, why = read(self)
  if why then
    return false, why
  elseif not row then
    self.is_over = true
  end
  return row
end

--- A reader of an open file. `options`: format; model, for rows without one.
function M.new(file, options)
  local reader = setmetatable({
    format = options.format,
    model = options.model,
    number = 0,
    keys = {}, -- the number of the row that has it
    occurrences = {},
  }, Reader)
  reader.next_line = lines.of(file)
  if options.format ~= "jsonl" then
    reader.records = csv.records(reader.next_line, options.format == "tsv" and "\t" or nil)
  end
  return reader
end

return M
