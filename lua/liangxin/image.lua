-- image.lua: liangxin.image, a picture of this machine that stands in an input
-- for a URL. Only named here: the core reads it when the request is sent.

local core = require "liangxin.core"
local download = require "liangxin.download"
local usage = require "liangxin.usage"

local M = {}

local Image = core.image_class
Image.__name = "liangxin.image"
M.class = Image

local BYTES_MAX = 20 * 2 ^ 20 -- by default
local BYTES_MOST = 90 * 2 ^ 20 -- as base64 less than a request may have

local OPTIONS = {
  path = { "text", usage.PATH_MAX },
  bytes = { "any" },
  max_bytes = { "integer", 1, BYTES_MOST, default = BYTES_MAX },
}

--- A picture: of a file, by its path, or {path =, bytes =, max_bytes =}.
function M.new(given)
  if type(given) == "string" then
    given = { path = given }
  elseif type(given) ~= "table" then
    usage.raise("liangxin.image: give a path, or { bytes = }, not %s", type(given))
  end
  local picture = usage.check_options(given, OPTIONS, "liangxin.image")
  if (picture.path == nil) == (picture.bytes == nil) then
    usage.raise("liangxin.image: give either a path or bytes")
  elseif picture.bytes ~= nil and type(picture.bytes) ~= "string" then
    usage.raise("liangxin.image: option 'bytes' must be a string, not %s", type(picture.bytes))
  end
  picture.path = download.expand(picture.path)
  return setmetatable(picture, Image)
end

--- How reports show it. `bytes`: its size, nil where that is not known.
function M.label(picture, bytes)
  local parts = { "picture" }
  bytes = bytes or picture.bytes and #picture.bytes
  if bytes then
    parts[2] = ("%d bytes"):format(bytes)
  end
  parts[#parts + 1] = picture.path
  return "<" .. table.concat(parts, ", ") .. ">"
end

Image.__tostring = M.label

return M
