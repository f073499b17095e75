-- journal.lua: what a journal saved, as entries of the gallery's page. Prompts are
-- in the journal's export alone, so that is what is read.

local config = require "liangxin.cli.config"
local core = require "liangxin.core"
local json = require "liangxin.cli.json"
local liangxin = require "liangxin"

local M = {}

-- JSON null and what is absent are the same here.
local function value(table_or_nil, name)
  local found = type(table_or_nil) == "table" and table_or_nil[name]
  return found ~= json.null and found or nil
end

local function list(table_or_nil, name)
  local found = value(table_or_nil, name)
  return type(found) == "table" and found or {}
end

local function credits_of(row)
  local charged_mc = 0
  for _, attempt in ipairs(list(row, "attempts")) do
    charged_mc = charged_mc + (value(attempt, "charged_mc") or 0)
  end
  return charged_mc > 0 and charged_mc / 1000 or nil
end

local function task_of(row)
  for _, attempt in ipairs(list(row, "attempts")) do
    if attempt.n == row.attempt then
      return value(attempt, "task_id")
    end
  end
end

--- One line of the export: a list of {path =, ...}, one for each file that is
--- saved, else as the page's entries. The credits stand with the first file.
function M.entries_of(line)
  local row = json.decode(line)
  if value(row, "state") ~= "saved" then
    return {}
  end
  local body = value(row, "body")
  local input = value(type(body) == "string" and json.decode(body), "input")
  local accepted, ended = value(row, "accepted_ms"), value(row, "ended_ms")
  local entries = {}
  for i, file in ipairs(list(row, "files")) do
    entries[i] = {
      path = value(file, "path"),
      model = value(row, "model"),
      prompt = value(input, "prompt"),
      seed = value(input, "seed"),
      label = value(row, "key"),
      task_id = task_of(row),
      seconds = accepted and ended and (ended - accepted) / 1000,
      credits = i == 1 and credits_of(row) or nil,
      when = ended and math.floor(ended / 1000),
    }
  end
  return entries
end

-- The export asks no service, and is of all of them.
local function client_of(place)
  return liangxin.new { base_url = "http://127.0.0.1:9", api_key = "none", journal = place }
end

local function export(place, path)
  local ok, client = pcall(client_of, place)
  if not ok then
    return nil, tostring(client)
  end
  local count, err = client.journal:export(path)
  client:close()
  return count, err and err.message
end

--- All files that the journal at `place` saved, the newest first; or nil, why.
function M.read(place)
  local ok, why = config.make_folders(config.data_folder())
  local path = ("%s/export-%s.jsonl"):format(config.data_folder(), core.token())
  if ok then
    ok, why = export(place, path)
  end
  if not ok then
    os.remove(path)
    return nil, why
  end
  local entries = {}
  for line in io.lines(path) do
    for _, entry in ipairs(M.entries_of(line)) do
      table.insert(entries, entry)
    end
  end
  os.remove(path)
  local newest_first = {}
  for i = #entries, 1, -1 do
    newest_first[#newest_first + 1] = entries[i]
  end
  return newest_first
end

return M
