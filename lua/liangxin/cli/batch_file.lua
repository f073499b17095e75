-- batch_file.lua: a batch as the user names it: opened, its format found out, read
-- as often as is needed.

local rows = require "liangxin.cli.rows"

local M = {}

local SNIFFED = 4096 -- bytes

local BatchFile = {}
BatchFile.__index = BatchFile

-- Standard input can be read once; a batch is read twice.
local function keep_input()
  local file = io.tmpfile()
  if not file then
    return nil, "no temporary file can be made"
  end
  repeat
    local block = io.stdin:read(65536)
    file:write(block or "")
  until not block
  file:seek("set", 0)
  return file
end

local function sniff(file)
  local start = (file:read(SNIFFED) or ""):gsub("^\239\187\191", "")
  file:seek("set", 0)
  if start:find "^%s*{" then
    return "jsonl"
  end
  return start:match("^[^\n]*"):find("\t", 1, true) and "tsv" or "csv"
end

--- Open it: `options`: format, model, both may be nil. Or nil, why.
function M.open(path, options)
  local file, why
  if path == "-" then
    file, why = keep_input()
  else
    file, why = io.open(path, "rb")
  end
  if not file then
    return nil, why
  elseif not file:seek "end" then
    return nil, path .. ": it cannot be read twice: give a file"
  end
  file:seek("set", 0)
  return setmetatable({
    file = file,
    format = options.format or rows.format_of(path) or sniff(file),
    model = options.model,
  }, BatchFile)
end

--- A reader (rows.lua) from the first row on.
function BatchFile:rows()
  self.file:seek("set", 0)
  return rows.new(self.file, { format = self.format, model = self.model })
end

function BatchFile:close()
  self.file:close()
end

--- Arguments and options of commands that take a batch.
function M.add(command)
  command:argument("file", "CSV, TSV or JSON lines; - reads it from stdin. A column or member for each "
    .. "parameter, and \"model\" and \"key\"."):argname "FILE"
  command:option("--model", "The model of rows that name none."):argname "MODEL"
  command:option("--format", "What the file is, where its name does not tell."):choices(rows.FORMATS)
    :argname "FORMAT"
end

return M
