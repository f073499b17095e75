-- common.lua: options that several commands have.

local core = require "liangxin.core"
local names = require "liangxin.cli.names"
local pictures = require "liangxin.cli.pictures"
local progress = require "liangxin.cli.progress"

local M = {}

-- A converter for lua-argparse: a number from `min`, whole where `is_whole`.
function M.number(min, is_whole)
  return function(text)
    local value = tonumber(text)
    if value and value >= min and value < 1e9 and (not is_whole or value % 1 == 0) then
      return value
    end
    return nil, ("'%s': it must be a %snumber from %s"):format(text, is_whole and "whole " or "", min)
  end
end

--- Options of commands that wait and save.
function M.add_saving(command)
  command:option("-o --output", "Where the files go: a folder, or with one task a file.")
    :argname "DIR_OR_FILE"
  command:option("--template", "How files are called below the folder, for example {key}-{n}.{ext}.")
    :argname "NAME"
  command:flag("--json", "One JSON object for each task, instead of the paths.")
  command:option("--progress", "What goes on, on stderr."):choices(progress.MODES):argname "HOW"
  command:option("--show", "Show pictures in the terminal, by chafa."):choices(pictures.FORMATS):argname "FORMAT"
  command:option("--deadline", "Seconds that a task is waited for."):convert(M.number(1)):argname "SECONDS"
end

--- Where files go, by the options and the config file: {folder =, file =,
--- template =}; or nil, why.
function M.place(options, config)
  local output = options.output or config.output or "."
  local template = options.template or config.template
  if template then
    local ok, why = names.check(template)
    if not ok then
      return nil, ("template \"%s\": %s"):format(template, why)
    end
  end
  if output:find "[/\\]$" or core.kind_of_file(output) == "folder" or not options.output then
    return { folder = output, template = template }
  elseif options.template then
    return { folder = output .. "/", template = template }
  elseif not output:find "%.[%w*]+$" then
    return { folder = output .. "/", template = template }
  end
  return { folder = ".", file = output }
end

return M
