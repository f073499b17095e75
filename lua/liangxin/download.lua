-- download.lua: one URL to a file or into memory. The core moves the bytes; this
-- file decides where they may come from: every hop of a redirect is checked
-- before it is followed. Runs in whatever place the caller waits in.

local errors = require "liangxin.errors"
local options_module = require "liangxin.options"
local target_module = require "liangxin.target"

local M = {}

local HOPS_MAX = 5

-- One request to the core, a waitable.
local Transfer = {}
Transfer.__index = Transfer

function Transfer:_on_progress(bytes, total)
  if self._progress then
    self._scheduler:callback(nil, nil, self._progress, bytes, total)
  end
end

function Transfer:_on_downloaded(file, err)
  self.file, self.err = file, err
  self._scheduler:release(self)
  self._scheduler:finish(self)
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

--- Whether `url` may be asked for, after `previous` (nil for the first hop):
--- true and whether private addresses are fine, or nil, err.
local function admit(client, url, previous)
  local options = client._options
  local scheme = options_module.parse_url(url)
  if not scheme then
    return refused(("%s is not an http or https URL; it was not followed"):format(shown(url)))
  end
  if scheme == "http" then
    if previous and options_module.parse_url(previous) == "https" then
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

local function transfer(client, url, path, opts, allow_private)
  local scheduler = client._scheduler
  local op = setmetatable({ _scheduler = scheduler, _progress = opts.on_progress }, Transfer)
  local ok, kind = scheduler:submit(op, "download", {
    url = url,
    path = path,
    max_bytes = opts.max_bytes or client._options.max_download,
    stall = opts.stall,
    overwrite = opts.overwrite or false,
    allow_http = client._options.allow_http or client._is_http,
    allow_private = allow_private,
    progress = opts.on_progress ~= nil,
  })
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

--- Fetch `url` to `path` (nil: into memory), following redirects: the core's
--- table {bytes, content_type, body}, or nil, err. `opts` are checked ones.
function M.get(client, url, path, opts)
  local previous
  for _ = 0, HOPS_MAX do
    local ok, allow_private = admit(client, url, previous)
    if not ok then
      return nil, allow_private
    end
    local file, err = transfer(client, url, path, opts, allow_private)
    if not file then
      return nil, err
    elseif not file.location then
      return file
    end
    previous, url = url, file.location
  end
  return refused(("more than %d redirects; the last one led to %s"):format(HOPS_MAX, shown(url)))
end

local function rename(from, to)
  local ok, message = os.rename(from, to)
  if not ok then
    return nil, errors.new("file", ("cannot rename %s: %s"):format(from, message))
  end
  return true
end

--- Fetch `url` into file `n` of `place` (target.open): {path, bytes,
--- content_type}, or nil, err. Nothing is requested when the file exists.
function M.save(client, url, place, name, n, opts)
  local path, needs_extension = target_module.path(place, name, n, url)
  local taken = target_module.taken(path, opts.overwrite)
  if taken then
    return nil, taken
  end
  local file, err = M.get(client, url, path, opts)
  if not file then
    return nil, err
  end
  if needs_extension then
    local final = path .. "." .. target_module.type_extension(file.content_type)
    taken = target_module.taken(final, opts.overwrite)
    if taken then
      os.remove(path)
      return nil, taken
    end
    local ok
    ok, err = rename(path, final)
    if not ok then
      return nil, err
    end
    path = final
  end
  return { path = path, bytes = file.bytes, content_type = file.content_type }
end

return M
