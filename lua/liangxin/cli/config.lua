-- config.lua: where the program keeps its things, its config file, and the places
-- of the key. The key is on no command line and in no message.

local core = require "liangxin.core"
local spelling = require "liangxin.spelling"
local pairs = require("liangxin.walk").pairs

local M = {}

local IS_WINDOWS = package.config:sub(1, 1) == "\\"
local FILE_MAX = 1024 * 1024

-- Of the config file: name, type.
M.NAMES = {
  base_url = "string",
  api_key = "string",
  api_key_command = "string",
  journal = "string",
  output = "string",
  template = "string",
  progress = "string",
  show = "string",
  budget = "table",
  prices = "table",
  proxy = "string",
  ca_file = "string",
  max_requests_per_second = "number",
}

-- A folder of the user's own: from `variable`, else under the home folder.
local function folder(variable, windows_variable, under_home)
  local base = os.getenv(IS_WINDOWS and windows_variable or variable)
  if not base or base == "" or not (IS_WINDOWS or base:find "^/") then
    base = (os.getenv "HOME" or os.getenv "USERPROFILE" or ".") .. "/" .. under_home
  end
  return base .. "/liangxin"
end

function M.config_path()
  return folder("XDG_CONFIG_HOME", "APPDATA", ".config") .. "/config.lua"
end

function M.data_folder()
  return folder("XDG_DATA_HOME", "LOCALAPPDATA", ".local/share")
end

--- The journal that the program uses: a path or a postgres:// address.
function M.journal_path(values)
  return values.journal or M.data_folder() .. "/journal.db"
end

--- Make `path` and the folders around it: true, or nil, why.
function M.make_folders(path)
  local ok, why = core.make_folder(path)
  local around = not ok and path:match "^(.+)[/\\][^/\\]+$"
  if around and M.make_folders(around) then
    ok, why = core.make_folder(path)
  end
  return ok, why
end

local function check(values, path)
  for name, value in pairs(values) do
    local wanted = M.NAMES[name]
    if not wanted then
      local near = type(name) == "string" and spelling.near(name, M.NAMES)
      return nil, ("%s: unknown name '%s'%s"):format(path, tostring(name),
        near and (": did you mean '%s'?"):format(near) or "")
    elseif type(value) ~= wanted then
      return nil, ("%s: %s must be a %s, not a %s"):format(path, name, wanted, type(value))
    end
  end
  return values
end

-- The table that the file's text gives. It is data: it may call nothing.
local function evaluate(text, path)
  if text:sub(1, 1) == "\27" then
    return nil, path .. ": not a text"
  end
  local chunk, why
  if rawget(_G, "setfenv") then
    chunk, why = loadstring(text, "@" .. path)
    chunk = chunk and setfenv(chunk, {})
  else
    chunk, why = load(text, "@" .. path, "t", {})
  end
  if not chunk then
    return nil, why
  end
  local ok, values = pcall(chunk)
  if not ok then
    return nil, tostring(values)
  elseif type(values) ~= "table" then
    return nil, path .. ": it must return a table: return { base_url = \"https://...\" }"
  end
  return values
end

--- The config file's table; empty when there is none; nil, why. `path`: nil for
--- the usual one, which need not exist.
function M.load(path)
  local is_usual = path == nil
  path = path or M.config_path()
  local file, why = io.open(path, "rb")
  if not file then
    return is_usual and {} or nil, "the config file: " .. why
  end
  local text = file:read(FILE_MAX + 1) or ""
  file:close()
  if #text > FILE_MAX then
    return nil, path .. ": more than 1 MiB"
  end
  local values, fault = evaluate(text, path)
  if not values then
    return nil, fault
  end
  values, fault = check(values, path)
  if values and values.api_key and not core.is_private_file(path) then
    return nil, ("%s holds a key and others may read it: chmod 600 '%s'"):format(path, path)
  end
  return values, fault
end

-- The first line that a command prints.
local function ask_command(command)
  local pipe = io.popen(command, "r")
  local line = pipe and pipe:read "*l"
  if pipe then
    pipe:close()
  end
  line = line and line:match "^%s*(.-)%s*$"
  if not line or line == "" then
    return nil, ("the api_key_command of the config file printed no key: %s"):format(command)
  end
  return line
end

--- The address of the API, or nil.
function M.base_url(config)
  local url = os.getenv "LIANGXIN_BASE_URL"
  return url and url ~= "" and url or config.base_url
end

--- The key: from LIANGXIN_API_KEY, else api_key_command, else the config file;
--- nil, why.
function M.api_key(config)
  local key = os.getenv "LIANGXIN_API_KEY"
  if key and key ~= "" then
    return key
  elseif config.api_key_command then
    return ask_command(config.api_key_command)
  elseif config.api_key then
    return config.api_key
  end
  return nil, ("no API key: set LIANGXIN_API_KEY, or write api_key_command = \"...\" into %s; "
    .. "`liangxin sandbox` needs no account"):format(M.config_path())
end

return M
