-- target.lua: which file a download is saved as. Names come from outside (task
-- ids, URLs), so nothing but letters, digits and a few signs of them survives.

local core = require "liangxin.core"
local errors = require "liangxin.errors"
local usage = require "liangxin.usage"

local M = {}

local NAME_MAX = 100 -- bytes of a name that comes from outside

-- Extension by content type.
local BY_TYPE = {
  ["image/png"] = "png",
  ["image/jpeg"] = "jpg",
  ["image/webp"] = "webp",
  ["image/gif"] = "gif",
  ["image/avif"] = "avif",
  ["image/svg+xml"] = "svg",
  ["image/bmp"] = "bmp",
  ["image/tiff"] = "tiff",
  ["video/mp4"] = "mp4",
  ["video/webm"] = "webm",
  ["video/quicktime"] = "mov",
  ["audio/mpeg"] = "mp3",
  ["audio/wav"] = "wav",
  ["audio/x-wav"] = "wav",
  ["audio/ogg"] = "ogg",
}

-- Extensions that are believed when a URL has them.
local KNOWN = { jpeg = true, tif = true }
for _, extension in pairs(BY_TYPE) do
  KNOWN[extension] = true
end

local function url_path(url)
  return (url:gsub("[?#].*$", ""):gsub("^%a[%w+.-]*://[^/]*", ""))
end

--- The extension that the URL shows, nil when it is none that we know.
function M.url_extension(url)
  local extension = url_path(url):match("%.(%w+)$")
  extension = extension and extension:lower()
  return KNOWN[extension] and extension or nil
end

--- The extension for a content type (may be nil).
function M.type_extension(content_type)
  local name = (content_type or ""):lower():match("^%s*([%w/+.-]+)")
  return BY_TYPE[name] or "bin"
end

--- A name from outside, made safe to be part of a file's.
function M.safe_name(name, fallback)
  name = name:gsub("[^%w_.-]", "_"):gsub("^%.+", ""):sub(1, NAME_MAX)
  return name ~= "" and name or fallback
end

--- The last part of a URL's path without its extension, safe.
function M.url_name(url)
  local name = url_path(url):match("([^/]*)$")
  if M.url_extension(url) then
    name = name:gsub("%.%w+$", "")
  end
  return M.safe_name(name, "download")
end

--- Raise unless `target` can be a path.
function M.check(target, what)
  return usage.check_text(target, what, 4000)
end

local function no_folder(path, why)
  return nil, errors.new("file", ("the folder %s %s"):format(path, why))
end

--- The place that `target` means: {folder =, path =} (one of them), or nil, err.
--- A folder that is named with a "/" at its end is made if only it is missing.
function M.open(target)
  if target:find("/$") or core.is_folder(target) then
    local folder = target:gsub("(.)/+$", "%1")
    if not core.is_folder(folder) then
      local made, why = core.make_folder(folder)
      if not made then
        return no_folder(target, "cannot be made: " .. why)
      end
    end
    return { folder = folder == "/" and "/" or folder .. "/" }
  end
  local parent = target:match("^(.*/)[^/]*$")
  if parent and not core.is_folder(parent) then
    return no_folder(parent, "does not exist; make it first")
  end
  return { path = target }
end

--- The path of file `n` of `place`. `name` is what it is called in a folder.
--- Second result: true when the extension has to come from the answer.
function M.path(place, name, n, url)
  if place.path then
    if n == 1 then
      return place.path, false
    end
    local stem, extension = place.path:match("^(.*[^/])(%.[^./]+)$")
    return ("%s-%d%s"):format(stem or place.path, n, extension or ""), false
  end
  local extension = M.url_extension(url)
  return place.folder .. name .. (extension and "." .. extension or ""), not extension
end

--- The error for a file that is there already; nil when it may be written.
function M.taken(path, overwrite)
  if not overwrite and core.exists(path) then
    return errors.new("file", ("%s exists already; give overwrite = true to replace it")
      :format(path))
  end
  return nil
end

return M
