-- The program `liangxin`. Each command is a module of its own:
--   name, summary (one line), description (may be nil)
--   add(command)         adds its arguments and options (lua-argparse)
--   run(options, cli)    does it: its exit status, from status.lua
-- `cli` is what all of them share:
--   cli.output           output.lua: result(line), say(...), detail(...), fail(...)
--   cli.config           the config file's table (config.lua)
--   cli:client(extra)    a client with key and address looked up; or nil, status
--                        after it said why. With extra.journal = true it has the
--                        journal, unless the user wants none
--   cli:log(event)       a line for each request, with -v
--   cli.parser           the parser, for completion
-- A command says what is wrong itself and returns a status; it never calls os.exit.

local config = require "liangxin.cli.config"
local core = require "liangxin.core"
local liangxin = require "liangxin"
local output = require "liangxin.cli.output"
local parser = require "liangxin.cli.parser"
local settings = require "liangxin.journal.settings"
local status = require "liangxin.cli.status"
local pairs = require("liangxin.walk").pairs

local M = {}

-- In the order of the help.
M.COMMANDS = {
  "generate", "batch", "watch", "resume", "save",
  "models", "validate",
  "enqueue", "work", "listen",
  "spend", "resolve", "export", "prune",
  "doctor", "gallery", "sandbox", "completion",
}

-- The files of commands, where another one has their name.
local FILES = { work = "worker" }

--- The module of a command.
function M.command(name)
  return require("liangxin.cli." .. (FILES[name] or name))
end

local function load_commands()
  local commands, by_name = {}, {}
  for i, name in ipairs(M.COMMANDS) do
    commands[i] = M.command(name)
    by_name[name] = commands[i]
  end
  return commands, by_name
end

local Cli = {}
Cli.__index = Cli

-- Options of liangxin.new that the config file may set.
local FROM_CONFIG = { "proxy", "ca_file", "max_requests_per_second" }

--- With -v a line per request: for liangxin.new's on_log.
function Cli:log(event)
  self.output:detail("%s %s: %s, %d ms%s", event.method, event.url, event.status or "no answer", event.ms,
    event.attempt > 1 and (", attempt %d"):format(event.attempt) or "")
end

-- Put the journal into the options, with the ceiling and the prices that need it:
-- true; or nil, why.
local function add_journal(cli, options)
  options.journal = nil
  if cli.options.no_journal then
    if cli.config.budget then
      return nil, "the budget of the config file needs the journal, where credits are counted"
    end
    return true
  end
  local place = config.journal_path(cli.config)
  local folder = not settings.is_address(place) and place:match "^(.+)[/\\][^/\\]+$"
  if core.kind_of_file(place) == "folder" then
    return nil, ("the journal %s is a folder: name a file in it"):format(place)
  end
  local ok, why = true, nil
  if folder then
    ok, why = config.make_folders(folder)
  end
  if not ok then
    return nil, ("the folder of the journal, %s, cannot be made: %s; --no-journal goes without"):format(folder, why)
  end
  options.journal, options.budget, options.prices = place, cli.config.budget, cli.config.prices
  return true
end

-- Options that have no place of their own in the arguments.
local function base_options(cli)
  local data = config.data_folder()
  local options = {
    durations = not cli.options.no_journal and config.make_folders(data) and data .. "/durations" or nil,
    on_log = cli.output.level > 0 and function(event) cli:log(event) end or nil,
  }
  for _, name in ipairs(FROM_CONFIG) do
    options[name] = cli.config[name]
  end
  return options
end

--- A client; `extra`: further options of liangxin.new. Or nil, status.
function Cli:client(extra)
  local key, why = config.api_key(self.config)
  local base_url = config.base_url(self.config)
  if not key or not base_url then
    self.output:fail("%s", why or "no address: set LIANGXIN_BASE_URL, or base_url in " .. config.config_path())
    return nil, status.usage
  end
  local options = base_options(self)
  options.api_key, options.base_url = key, base_url
  for name, value in pairs(extra or {}) do
    options[name] = value
  end
  local ok, client = true, nil
  if options.journal then
    ok, client = add_journal(self, options)
  end
  if ok then
    ok, client = pcall(liangxin.new, options)
  end
  if not ok then
    local words = tostring(client):gsub("^.-liangxin%.new: ", "")
    if os.getenv "LIANGXIN_BASE_URL" == base_url then
      words = words:gsub("^base_url", "LIANGXIN_BASE_URL")
    end
    self.output:fail("%s", words)
    return nil, status.usage
  end
  return client
end

-- A mistake in the arguments: what it is, and where help is.
local function refuse(err, arguments)
  if err.help then
    io.stdout:write(err.help, "\n")
    return status.ok
  end
  local command = ""
  for _, name in ipairs(M.COMMANDS) do
    command = arguments[1] == name and name .. " " or command
  end
  io.stderr:write("liangxin: ", (err.mistake:gsub("\n", ": ")), "\n")
  local name = command == "generate " and err.mistake:match "^unknown option '%-%-([%w_-]+)'"
  if name == "prompt" then
    io.stderr:write("A prompt is written behind the model: liangxin generate MODEL \"PROMPT\"\n")
  elseif name then
    io.stderr:write("A parameter of the model is written without dashes: ", name:gsub("-", "_"), "=VALUE\n")
  end
  io.stderr:write("Try: liangxin ", command, "--help\n")
  return status.usage
end

--- Runs the program: its exit status.
function M.main(arguments)
  local commands, by_name = load_commands()
  local built = parser.new(commands, liangxin._VERSION)
  local options, refusal = parser.parse(built, arguments)
  if not options then
    return refuse(refusal, arguments)
  end
  local out = output.new(options.quiet and -1 or options.verbose and 1 or 0)
  local values, why = config.load(options.config)
  if not values then
    out:fail("%s", why)
    return status.usage
  end
  values.journal = options.journal or values.journal
  local cli = setmetatable({ output = out, config = values, options = options, arguments = arguments,
    parser = built }, Cli)
  local code = by_name[options.command].run(options, cli)
  if out.is_broken then
    out:fail("stdout cannot be written")
    return status.worse(code, status.failed)
  end
  return code
end

return M
