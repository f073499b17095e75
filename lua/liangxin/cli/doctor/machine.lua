-- machine.lua: what the doctor finds on this machine: versions, the folder for
-- results, the journal. Findings as in service.lua.

local core = require "liangxin.core"
local folders = require "liangxin.cli.folders"
local liangxin = require "liangxin"
local settings = require "liangxin.journal.settings"
local status = require "liangxin.cli.status"
local pairs = require("liangxin.walk").pairs

local M = {}

local function fault(check, text, advice)
  return { check = check, state = "fault", text = text, advice = advice, status = status.failed }
end

local function version_of(name, field)
  local found, module = pcall(require, name)
  return found and type(module) == "table" and tostring(module[field]) or "none"
end

local function system()
  if package.config:sub(1, 1) == "\\" then
    return "Windows"
  end
  local pipe = io.popen "uname -srm 2>/dev/null"
  local line = pipe and pipe:read "*l"
  if pipe then
    pipe:close()
  end
  return line or "unknown"
end

--- The versions of what takes part.
function M.versions()
  local jit = rawget(_G, "jit")
  return { check = "versions", state = "ok", text = ("liangxin %s, %s, %s, lua-cjson %s, SQLite %s, %s"):format(
    liangxin._VERSION, jit and jit.version or _VERSION, core.libraries():match "^%S+ ?%S*",
    version_of("cjson", "_VERSION"), version_of("liangxin.store.sqlite", "version"), system()) }
end

--- Whether results can be saved in `path`.
function M.folder(path)
  path = core.absolute(path):gsub("(.)/%.$", "%1")
  local tried, why = folders.try_to_write(path)
  if why then
    return fault("folder", ("%s: %s"):format(path, why),
      ("name another folder with -o, or as output in the config file; or let yourself write to %s"):format(tried))
  end
  return { check = "folder", state = "ok", text = path .. (tried ~= path and " (not there yet)" or "") }
end

local UNKNOWN = "look into your account, then say what you found: liangxin resolve KEY nothing|charged|TASK_ID"

-- What stands in the journal of `client`.
local function entries_finding(client, path)
  local unknown = 0
  local iterator, err = client.journal:entries { state = "unknown" }
  if not iterator then
    return fault("journal", err.message, M.journal_advice(err))
  end
  while iterator() do
    unknown = unknown + 1
  end
  if unknown > 0 then
    return { check = "journal", state = "warning", advice = UNKNOWN,
      text = ("%s: nobody knows what came of %d of its entries"):format(path, unknown) }
  end
  return { check = "journal", state = "ok", text = path }
end

--- What to do about an error of the journal.
function M.journal_advice(err)
  if err.message:find("cannot be reached", 1, true) then
    return "start the server of the journal, or correct its address"
  end
  if err.message:find("newer", 1, true) then
    return "use the liangxin that wrote it, or a newer one; nothing in it was changed"
  end
  if err.message:find("WAL mode", 1, true) then
    return "end the other program, or use SQLite 3.51.3 or later here"
  end
  return "name another with journal in the config file, or go without: --no-journal"
end

--- Whether the journal can be used. One that is not there is not made.
function M.journal(options, path)
  local is_server = settings.is_address(path)
  path = is_server and path or core.absolute(path)
  if not is_server and not core.kind_of_file(path) then
    local tried, why = folders.try_to_write(folders.parent(path))
    if why then
      return fault("journal", ("%s: %s"):format(path, why),
        "name another with journal in the config file; or let yourself write to " .. tried)
    end
    return { check = "journal", state = "ok", text = path .. " (not there yet)" }
  end
  local all = { journal = path }
  for name, value in pairs(options) do
    all[name] = value
  end
  local ok, client = pcall(liangxin.new, all)
  if not ok then
    return fault("journal", (tostring(client):gsub("^.-liangxin%.new: ", "")), is_server and "correct the address; the "
      .. "rock liangxin-postgres has what it needs" or "the rock liangxin-sqlite has what a journal needs: luarocks "
      .. "install liangxin-sqlite")
  end
  local finding = entries_finding(client, is_server and path:gsub("//[^/@]*@", "//") or path)
  client:close()
  return finding
end

return M
