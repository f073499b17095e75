-- csv.lua: records of CSV and TSV (RFC 4180): fields in quotes may hold the
-- separator, line ends and doubled quotes.

local lines = require "liangxin.cli.lines"

local M = {}

local OPEN = "a quote that does not close"

-- The field in quotes at `position`: its text and where it ended; or nil, why.
local function quoted(record, position, separator)
  local parts = {}
  local from = position + 1
  while true do
    local stop = record:find('"', from, true)
    if not stop then
      return nil, OPEN
    end
    parts[#parts + 1] = record:sub(from, stop - 1)
    local after = record:sub(stop + 1, stop + 1)
    if after == "" or after == separator then
      return table.concat(parts), stop + 1
    elseif after ~= '"' then
      return nil, "a quote closes a field before its end: inside of a field a quote is written twice"
    end
    parts[#parts + 1] = '"'
    from = stop + 2
  end
end

local function bare(record, position, separator)
  local stop = record:find(separator, position, true) or #record + 1
  local field = record:sub(position, stop - 1)
  if field:find('"', 1, true) then
    return nil, "a quote inside of a field without quotes: put the field into quotes and write that one twice"
  end
  return field, stop
end

--- The fields of a record; or nil, why.
function M.split(record, separator)
  local fields, position = {}, 1
  while true do
    local read = record:sub(position, position) == '"' and quoted or bare
    local field, stop = read(record, position, separator)
    if not field then
      return nil, stop
    end
    fields[#fields + 1] = field
    if stop > #record then
      return fields
    end
    position = stop + 1
  end
end

local function quotes_in(line)
  local _, count = line:gsub('"', "")
  return count
end

-- The lines of a record: those up to one with which all quotes are closed.
local function join(next_line, line, separator)
  local open = quotes_in(line) % 2 == 1
  local _, fault = M.split(open and line or "", separator)
  if fault and fault ~= OPEN then
    return nil, fault
  end
  local parts, bytes = { line }, #line
  while open do
    local more, why = next_line()
    if not more then
      return nil, why or OPEN, true
    end
    parts[#parts + 1] = more
    bytes = bytes + #more
    if bytes > lines.LINE_MAX then
      return nil, "longer than 1 MiB: perhaps " .. OPEN, true
    end
    open = quotes_in(more) % 2 == 0
  end
  return table.concat(parts, "\n")
end

-- Spreadsheets write what the user's language has for a comma.
local function guess_separator(header)
  return not header:find(",", 1, true) and header:find(";", 1, true) and ";" or ","
end

--- An iterator over the records: fields; or nil, why; or nothing at the end. An
--- empty line is a record without fields. `separator`: nil finds it out.
function M.records(next_line, separator)
  local is_over = false -- nobody knows where the next record begins
  return function()
    if is_over then
      return nil
    end
    local line, why = next_line()
    if not line then
      return nil, why
    elseif line == "" then
      return {}
    end
    separator = separator or guess_separator(line)
    local record, fault, is_lost = join(next_line, line, separator)
    is_over = is_lost
    if not record then
      return nil, fault
    end
    return M.split(record, separator)
  end
end

return M
