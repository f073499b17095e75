-- durations.lua: keeps between runs what a client has learned about how long
-- models take. The text is the core's; this file reads and writes it whole.

local core = require "liangxin.core"
local errors = require "liangxin.errors"

local M = {}

local FILE_MAX = 4 * 2 ^ 20

--- The text in `path`; nil when there is no path, no file, or too much in it.
function M.load(path)
  local file = path and io.open(path, "rb")
  if not file then
    return nil
  end
  local text = file:read(FILE_MAX + 1)
  file:close()
  if not text or #text > FILE_MAX then
    return nil
  end
  return text
end

local function write(path, text)
  local file, message = io.open(path, "wb")
  if not file then
    return nil, message
  end
  local ok
  ok, message = file:write(text)
  local closed, close_message = file:close()
  return ok and closed, message or close_message
end

--- Write `text` to `path` in one step, unless nothing is to be kept or nothing
--- is new since `loaded`: true, or nil, err.
function M.save(path, text, loaded)
  if not path or not text or text == loaded then
    return true
  end
  local temporary = ("%s.%s.tmp"):format(path, core.token())
  local ok, message = write(temporary, text)
  if ok then
    ok, message = os.rename(temporary, path)
  end
  if not ok then
    os.remove(temporary)
    return nil, errors.new("file", ("cannot keep the durations in %s: %s"):format(path, message))
  end
  return true
end

return M
