-- gallery.lua: `liangxin gallery [DIR]`: the pictures of a folder as one page
-- that opens without a server and without the network.

local config = require "liangxin.cli.config"
local core = require "liangxin.core"
local folder = require "liangxin.cli.gallery.folder"
local page = require "liangxin.cli.gallery.page"
local ratio = require "liangxin.cli.gallery.ratio"
local status = require "liangxin.cli.status"

local M = {
  name = "gallery",
  summary = "one HTML page of what was made",
}

function M.add(command)
  command:argument("dir", "The folder whose pictures are shown; default: the config file's output, or here."):args "?"
  command:option("-o --output", "The page; default DIR/gallery.html."):argname "FILE"
  command:option("--title", "Its title."):argname "TEXT"
end

local function entries_of(dir, page_folder)
  local entries = {}
  for i, name in ipairs(folder.names(dir)) do
    local path = dir .. "/" .. name
    entries[i] = {
      file = folder.relative(page_folder, path),
      task_id = name:match "^(lx_task_.+)%-%d+%.%w+$",
      ratio = ratio.of(path),
    }
  end
  return entries
end

local function plural(count, word)
  return ("%d %s%s"):format(count, word, count == 1 and "" or "s")
end

-- The facts on top of the page: {figure, words}, of what is known.
local function facts_of(entries)
  local credits, seconds = 0, 0
  for _, entry in ipairs(entries) do
    credits = credits + (entry.credits or 0)
    seconds = seconds + (entry.seconds or 0)
  end
  local facts = { { #entries, #entries == 1 and "file" or "files" } }
  if credits > 0 then
    facts[#facts + 1] = { ("%.10g"):format(credits), "credits" }
  end
  if seconds > 0 then
    facts[#facts + 1] = { ("%.0f s"):format(seconds), "of the service's work" }
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
  local dir = core.absolute(options.dir or cli.config.output or ".")
  local path = core.absolute(options.output or dir .. "/gallery.html")
  if not may_write(path) then
    cli.output:fail("%s is there and is no page of this command: name another with -o", path)
    return status.usage
  end
  local ok, why = config.make_folders(parent(path))
  local entries = ok and entries_of(dir, parent(path))
  if ok then
    ok, why = page.write(path, {
      title = options.title or "Made with liangxin",
      text = ("%s in %s"):format(plural(#entries, "file"), dir),
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
