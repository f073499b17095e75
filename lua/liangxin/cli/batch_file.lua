-- batch_file.lua: a batch as the user names it: opened, its format found out, read
-- as often as is needed.

local core = require "liangxin.core"
local rows = require "liangxin.cli.rows"

local M = {}

local SNIFFED = 4096 -- bytes

local BatchFile = {}
BatchFile.__index = BatchFile

-- A file for the user's eyes only: it and its path, nil where it has none. Windows
-- wants to make those without a name where only administrators may.
local function new_temporary()
  local file = io.tmpfile()
  if file then
    return file
  end
  local path = ("%s/liangxin-%s"):format(os.getenv "TEMP" or "/tmp", core.token())
  local why
  file, why = io.open(path, "w+b")
  return file, file and path or why
end

-- Standard input can be read once; a batch is read twice. The file, and its path.
local function keep_input()
  local file, path = new_temporary()
  local why
  if not file then
    return nil, path
  end
  local ok = true
  repeat
    local block = ok and io.stdin:read(65536)
    if block then
      ok, why = file:write(block)
    end
  until not block
  if ok then
    ok, why = file:seek("set", 0)
  end
  return ok and file or nil, ok and path or why
end

local function sniff(file)
  local start = (file:read(SNIFFED) or ""):gsub("^\239\187\191", "")
  file:seek("set", 0)
  if start:find "^%s*{" then
    return "jsonl"
  end
  return start:match("^[^\n]*"):find("\t", 1, true) and "tsv" or "csv"
end

-- Where a folder can be opened, it reads as an empty file.
local function open_file(path)
  if core.kind_of_file(path) == "folder" then
    return nil, path .. ": it is a folder: give a file"
  end
  return io.open(path, "rb")
end

--- Open it: `options`: format, model, both may be nil. Or nil, why.
function M.open(path, options)
  local file, why, temporary
  if path == "-" then
    file, why = keep_input()
    temporary = file and why
  else
    file, why = open_file(path)
  end
  if not file then
    return nil, why
  elseif not file:seek "end" then
    return nil, path .. ": it cannot be read twice: give a file"
  end
  file:seek("set", 0)
  return setmetatable({
    file = file,
    temporary = temporary,
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
  if self.temporary then
    os.remove(self.temporary)
  end
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
