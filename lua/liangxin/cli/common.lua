-- common.lua: options that several commands have.

local core = require "liangxin.core"
local folders = require "liangxin.cli.folders"
local names = require "liangxin.cli.names"
local pictures = require "liangxin.cli.pictures"
local progress = require "liangxin.cli.progress"
local status = require "liangxin.cli.status"
local text_module = require "liangxin.cli.text"

local M = {}

local NUMBER_MAX, NAME_MAX = 999999999, 256 -- bytes of a batch's name

--- A converter for lua-argparse: a number from `min` to `max` (nil: NUMBER_MAX), whole
--- where `is_whole`.
function M.number(min, is_whole, max)
  max = max or NUMBER_MAX
  return function(text)
    local value = tonumber(text)
    if value and value >= min and value <= max and (not is_whole or value % 1 == 0) then
      return value
    end
    return nil, ("'%s': it must be a %snumber from %s to %s"):format(text, is_whole and "whole " or "", min, max)
  end
end

--- A converter for lua-argparse: a file or folder. An empty one is a variable of the
--- shell's that is not set, and would be the root.
function M.path(text)
  if text == "" then
    return nil, "'': it must name a file or folder"
  end
  return text
end

--- A converter for lua-argparse: the name of a batch.
function M.batch_name(text)
  if text ~= "" and #text <= NAME_MAX and not text:find "%c" and not text_module.find_invalid(text) then
    return text
  end
  return nil, ("'%s': it must be 1 to %d bytes of UTF-8, without control characters"):format(text_module.clean(text),
    NAME_MAX)
end

--- The name of the batch that is in a file.
function M.batch_of(options)
  return options.batch or text_module.clean(options.file:match "[^/\\]+$"):sub(1, NAME_MAX)
end

local UNITS = { m = 60, h = 3600, d = 86400, w = 7 * 86400 }

--- A converter for lua-argparse: "7d", "12h", "30m", "2w" ago, or a day, as Unix
--- time.
function M.time(text)
  local number, unit = text:match "^(%d+)([mhdw])$"
  if number and #number < 7 then
    return os.time() - tonumber(number) * UNITS[unit]
  end
  local year, month, day = text:match "^(%d%d%d%d)-(%d%d)-(%d%d)$"
  if year then
    return os.time { year = tonumber(year), month = tonumber(month), day = tonumber(day), hour = 0 }
  end
  return nil, ("'%s': it must be a time such as 7d, 12h, 30m, 2w or 2026-11-28"):format(text)
end

--- A client with a journal, for commands that are about that; or nil, status.
--- `on_log`: as for liangxin.new, may be nil.
function M.journal_client(cli, on_log)
  local client, refused = cli:client { journal = true, on_log = on_log }
  if client and not client.journal then
    client:close()
    cli.output:fail("this is about the journal: leave out --no-journal")
    return nil, status.usage
  end
  return client, refused
end

--- Say what an error of the client is: its status.
function M.fail(cli, err)
  cli.output:fail("%s", text_module.clean(tostring(err)))
  return status.of_error(err)
end

--- Say what becomes of entries that are planned, and nobody's.
function M.tell_planned(cli, count)
  if count > 0 then
    cli.output:say("%d never sent: start again what wanted %s", count, count == 1 and "it" or "them")
  end
end

--- What an entry of the journal is called.
function M.label(entry)
  return entry.key or entry.task_id or "#" .. entry.id
end

--- The filter for what a person calls an entry: #number, else `name` ("key" or
--- "task_id").
function M.filter(word, name)
  local id = word:match "^#(%d+)$"
  return id and { id = tonumber(id) } or { [name] = word }
end

--- Options of commands that wait and save.
function M.add_saving(command)
  command:option("-o --output", "Where the files go: a folder, or with one task a file.")
    :convert(M.path):argname "DIR_OR_FILE"
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
  if output == "" then
    return nil, "output, in the config file, is empty: name a folder"
  end
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

--- The same for commands that send: a place where something can be saved.
function M.place_to_send(options, config)
  local place, why = M.place(options, config)
  if not place then
    return nil, why
  end
  local folder = place.file and (place.file:match "^(.*[/\\])" or ".") or place.folder
  local tried, fault = folders.try_to_write(core.absolute(folder))
  if fault then
    return nil, ("nothing can be saved in %s (%s: %s): name another folder with -o, or as output in the config file")
      :format(folder, tried, fault)
  end
  return place
end

return M
