-- gallery.lua: `liangxin gallery [DIR]`: what the journal saved, or the pictures
-- of a folder, as one page that opens without a server and without the network.

local common = require "liangxin.cli.common"
local config = require "liangxin.cli.config"
local core = require "liangxin.core"
local folder = require "liangxin.cli.gallery.folder"
local journal = require "liangxin.cli.gallery.journal"
local page = require "liangxin.cli.gallery.page"
local ratio = require "liangxin.cli.gallery.ratio"
local settings = require "liangxin.journal.settings"
local status = require "liangxin.cli.status"

local M = {
  name = "gallery",
  summary = "one HTML page of what was made",
  description = "Writes one HTML page of all that the journal saved, or of the pictures in DIR, with what the journal "
    .. "knows of them.",
}

function M.add(command)
  command:argument("dir", "Show the pictures of this folder, and no others."):args "?"
  command:option("-o --output", "The page; default gallery.html in DIR, else in the config file's output, or here.")
    :convert(common.path):argname "FILE"
  command:option("--title", "Its title."):argname "TEXT"
end

-- What the journal saved, and the same by path; nothing where there is none.
local function known_entries(cli, has_journal)
  local place = config.journal_path(cli.config)
  if not has_journal or not settings.is_address(place) and not core.kind_of_file(place) then
    return {}, {}
  end
  local entries, why = journal.read(place)
  if not entries then
    cli.output:fail("the journal cannot be read, so nothing is told but the files: %s", why)
    return {}, {}
  end
  local by_path, there = {}, {}
  for _, entry in ipairs(entries) do
    if core.kind_of_file(entry.path) == "file" then
      there[#there + 1] = entry
      by_path[folder.normal(entry.path)] = entry
    end
  end
  if #there < #entries then
    cli.output:say("%d of the %d files that the journal saved are gone", #entries - #there, #entries)
  end
  return there, by_path
end

local function of_folder(dir, by_path)
  local entries = {}
  for i, name in ipairs(folder.names(dir)) do
    local path = folder.normal(dir .. "/" .. name)
    entries[i] = by_path[path] or { path = path, task_id = name:match "^(lx_task_.+)%-%d+%.%w+$" }
  end
  return entries
end

-- The entries of a page in `page_folder`.
local function entries_for(cli, options, dir, page_folder)
  local entries, by_path = known_entries(cli, not options.no_journal)
  if options.dir or #entries == 0 then
    entries = of_folder(dir, by_path)
  end
  for _, entry in ipairs(entries) do
    entry.file = folder.relative(page_folder, folder.normal(entry.path))
    entry.ratio = ratio.of(entry.path)
  end
  return entries
end

-- 1234567.5 as "1,234,567.5".
local function grouped(number)
  local whole, rest = ("%.12g"):format(number):match "^(%d+)(.*)$"
  return whole:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", "") .. rest
end

-- The facts on top of the page: {figure, words}, of what is known.
local function facts_of(entries)
  local credits, seconds = 0, 0
  for _, entry in ipairs(entries) do
    credits = credits + (entry.credits or 0)
    seconds = seconds + (entry.seconds or 0)
  end
  local facts = { { grouped(#entries), #entries == 1 and "file" or "files" } }
  if credits > 0 then
    facts[#facts + 1] = { grouped(credits), "credits" }
  end
  if seconds > 0 then
    local text = seconds < 3600 and ("%.0f s"):format(seconds) or ("%.1f h"):format(seconds / 3600)
    facts[#facts + 1] = { text, "of the service's work" }
  end
  return facts
end

-- Whether `path` is free, or a page that this command wrote.
local function may_write(path)
  local file = io.open(path, "rb")
  if not file then
    return true
  end
  local head = file:read(2048) or ""
  file:close()
  return head:find(page.MARK, 1, true) ~= nil
end

local function parent(path)
  return path:match(folder.IS_WINDOWS and "^(.*)[/\\]" or "^(.*)/") or ""
end

--- Runs the command: its exit status.
function M.run(options, cli)
  if options.dir and core.kind_of_file(options.dir) ~= "folder" then
    cli.output:fail("there is no folder %s", options.dir)
    return status.usage
  end
  local dir = folder.normal(core.absolute(options.dir or cli.config.output or "."))
  local path = folder.normal(core.absolute(options.output or dir .. "/gallery.html"))
  if not may_write(path) then
    cli.output:fail("%s is there and is no page of this command: name another with -o", path)
    return status.usage
  end
  local ok, why = config.make_folders(parent(path))
  local entries = ok and entries_for(cli, options, dir, parent(path))
  if ok then
    ok, why = page.write(path, {
      title = options.title or "Made with liangxin",
      text = ("%s, by liangxin gallery"):format(os.date "%Y-%m-%d %H:%M"),
      facts = facts_of(entries),
      entries = entries,
    })
  end
  if not ok then
    cli.output:fail("%s cannot be written: %s", path, tostring(why))
    return status.failed
  end
  if #entries == 0 then
    cli.output:say("there are no pictures in %s yet", dir)
  end
  cli.output:result(path)
  return status.ok
end

return M
