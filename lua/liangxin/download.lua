-- download.lua: one URL to a file or into memory. The core moves the bytes and
-- finds the file's name, as a disk may hold up its caller; this file decides
-- where bytes may come from: every hop of a redirect is checked before it is
-- followed. Runs where the caller waits.

local core = require "liangxin.core"
local errors = require "liangxin.errors"

local M = {}

local HOPS_MAX = 5

-- One request to the core, a waitable.
local Transfer = {}
Transfer.__index = Transfer

function Transfer:_on_progress(bytes, total)
  if self._progress then
    self._scheduler:callback("on_progress of a download", nil, nil, self._progress, bytes, total)
  end
end

function Transfer:_on_downloaded(file, err)
  self.file, self.err = file, err
  self._scheduler:release(self)
  self._scheduler:finish(self)
end

function Transfer:_interrupt(raised)
  return errors.broken_off(raised, self._task_id)
end

--- The task whose result is not saved any more, nil where it is of none.
function Transfer:_give_up()
  return self._task_id
end

local function refused(message)
  return nil, errors.new("download", message)
end

-- Signatures and passwords in URLs are secrets: messages show the address only.
local function shown(url)
  if not url:find("^%a[%w+.-]*://") then
    return ("a text of %d bytes"):format(#url)
  end
  return (url:gsub("[?#].*$", ""):gsub("//[^/]*@", "//"):sub(1, 200))
end

-- It holds the content itself. No host may redirect to one.
local function is_data(url)
  return url:sub(1, 5):lower() == "data:"
end

--- Whether `url` may be asked for, after `previous` (nil for the first hop):
--- true and whether private addresses are fine, or nil, err.
local function admit(client, url, previous)
  local options = client._options
  local scheme = is_data(url) and not previous and "data" or core.parse_url(url)
  if not scheme then
    return refused(("%s is not an http or https URL with a host and without a user name; it was not followed")
      :format(shown(url)))
  end
  if scheme == "http" then
    if previous and core.parse_url(previous) == "https" then
      return refused(("the download was redirected from https: to %s; it was not followed")
        :format(shown(url)))
    elseif not options.allow_http and not client._is_http then
      return refused(("%s is not encrypted; allow_http = true lets it through"):format(shown(url)))
    end
  end
  if options.allow_download then
    if not options.allow_download(url) then
      return refused(("allow_download refused %s"):format(shown(url)))
    end
    return true, true
  end
  return true, client._is_private
end

-- `~/` is the user's own folder, as a shell has it.
function M.expand(target)
  if target == "~" then
    target = "~/" -- a file of that name would be a trap
  end
  local home = target and target:sub(1, 2) == "~/" and (os.getenv("HOME") or os.getenv("USERPROFILE"))
  return home and home ~= "" and home:gsub("/+$", "") .. target:sub(2) or target
end

-- What the core is to do, but for what each hop has of its own. In a folder the
-- file is called after the task, without one after the first URL.
local function new_spec(client, url, opts, target, number, of)
  local options = client._options
  return {
    url = url,
    target = M.expand(target),
    task_id = of.task_id,
    number = number,
    entry = of.entry,
    count = of.count,
    by_hand = of.by_hand,
    max_bytes = opts.max_bytes or options.max_download,
    stall = opts.stall,
    overwrite = opts.overwrite,
    allow_http = options.allow_http or client._is_http,
    progress = opts.on_progress ~= nil,
  }
end

local function transfer(client, spec, on_progress)
  local scheduler = client._scheduler
  local op = setmetatable({ _scheduler = scheduler, _progress = on_progress, _task_id = spec.task_id }, Transfer)
  local ok, kind = scheduler:submit(op, "download", spec)
  if not ok then
    return nil, errors.local_end(kind)
  end
  local why, cause = scheduler:wait(op)
  if why == "done" then
    if op.err then
      return nil, errors.adopt(op.err)
    end
    return op.file
  end
  scheduler:abandon(op)
  if why == "cancelled" then
    return nil, cause
  end
  return nil, errors.local_end(why)
end

-- The file behind spec.url, or nil, err; follows redirects.
local function follow(client, spec, on_progress)
  local url = spec.url
  local previous
  for _ = 0, HOPS_MAX do
    local ok, allow_private = admit(client, spec.url, previous)
    if not ok then
      return nil, allow_private
    end
    spec.allow_private = allow_private
    local file, err = transfer(client, spec, on_progress)
    if not file then
      return nil, err
    elseif not file.location then
      return file
    end
    previous, spec.url, spec.first_url = spec.url, file.location, url
  end
  return refused(("more than %d redirects; the last one led to %s"):format(HOPS_MAX, shown(spec.url)))
end

--- Fetch `url`, following redirects, as file `number` of `target` (nil: into
--- memory): the core's table {path, bytes, content_type, body}, or nil, err.
--- `opts` are checked ones. `of` is what the file is of (nil: of nothing): task_id;
--- and, where the journal is to know of it, entry, how many files that has (count),
--- and by_hand, where it is downloaded whatever the journal says.
function M.get(client, url, opts, target, number, of)
  local file, err = follow(client, new_spec(client, url, opts, target, number, of or {}), opts.on_progress)
  if not file then
    return nil, errors.of_client(client, err)
  end
  return file
end

return M
