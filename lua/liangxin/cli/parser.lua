-- parser.lua: the command line, as lua-argparse reads it.

local argparse = require "argparse"

local M = {}

-- Thrown and caught here: {help = text} or {mistake = text}.
local function add_help(command)
  command:add_help(false)
  command:flag("-h --help", "Show this text."):action(function()
    error({ help = command:get_help() }, 0)
  end)
end

-- A mistake in an option's value names the option, and the help calls an argument as
-- the usage does.
local function name_elements(command)
  for _, option in ipairs(command._options) do
    local convert = option._convert
    if type(convert) == "function" then
      option:convert(function(text)
        local value, why = convert(text)
        return value, why and ("%s %s"):format(option._name, why)
      end)
    end
  end
  for _, argument in ipairs(command._arguments) do
    if type(argument._argname) == "string" then
      function argument._get_label_lines()
        return { argument._argname }
      end
    end
  end
end

--- The parser for a list of command modules.
function M.new(commands, version)
  local parser = argparse("liangxin", "Pictures and videos from the LiangXin Market API.")
  parser:help_max_width(100)
  parser:epilog "`liangxin COMMAND --help` tells more of each. To try them: liangxin sandbox"
  parser:command_target "command"
  parser:require_command(true)
  add_help(parser)
  parser:flag("--version", "Show the version."):action(function()
    error({ help = "liangxin " .. version }, 0)
  end)
  parser:flag("-q --quiet", "Write the result and errors only.")
  parser:flag("-v --verbose", "Write a line for each request.")
  parser:option("--config", "The config file."):argname "FILE"
  parser:option("--journal", "The journal: a file, or a postgres:// address."):argname "FILE"
  parser:flag("--no-journal", "Keep no journal: what is interrupted cannot be resumed.")
  for _, module in ipairs(commands) do
    local command = parser:command(module.name):summary(module.summary)
    command:description(module.description or module.summary:gsub("^%l", string.upper) .. ".")
    add_help(command)
    module.add(command)
    name_elements(command)
  end
  parser.error = function(_, message)
    error({ mistake = message }, 0)
  end
  return parser
end

--- What the arguments say; or nil and {help =} or {mistake =}.
function M.parse(parser, arguments)
  local ok, options = pcall(parser.parse, parser, arguments)
  if ok then
    return options
  elseif type(options) ~= "table" then
    error(options, 0)
  end
  return nil, options
end

return M
