-- liangxin: a client for the LiangXin Market API. This file is the module that
-- programs require; types/ describes all of it for editors.

local core = require("liangxin.native").load "liangxin.core" -- before others need it
local client = require "liangxin.client"
local errors = require "liangxin.errors"
local image = require "liangxin.image"
local options = require "liangxin.options"
local sources = require "liangxin.sources"
local usage = require "liangxin.usage"

local M = {
  _VERSION = core.version,
  null = core.null,
}

--- A client. Raises on bad options.
function M.new(given)
  return client.new(options.check_client(given))
end

--- Its arguments, when the first is neither nil nor false; else the error among
--- them is raised.
function M.check(...)
  if (...) then
    return ...
  end
  local raised
  for i = 2, select("#", ...) do
    raised = raised or (select(i, ...))
  end
  if raised == nil then
    usage.raise("liangxin.check: the first argument is %s", tostring((...)))
  end
  error(errors.is_error(raised) and errors.to_raise(raised) or raised, 0)
end

--- Seconds of a clock that never jumps; unrelated to the time of day.
M.now = core.now

--- A local picture, to stand in an input for a URL.
function M.image(given)
  return image.new(given)
end

--- Mark a table to be written as a JSON array even when it is empty.
function M.array(t)
  if t == nil then
    t = {}
  elseif type(t) ~= "table" then
    usage.raise("liangxin.array: the argument must be a table, not %s", type(t))
  end
  local meta = getmetatable(t)
  if meta ~= nil and meta ~= core.array_mt then
    usage.raise("liangxin.array: the table has a metatable already")
  end
  return setmetatable(t, core.array_mt)
end

-- Before a program can add to these modules.
sources.add("liangxin", M)
sources.update()

-- The catalogue is read at its first use: starting up stays quick.
return setmetatable(M, {
  __index = function(module, name)
    if name ~= "models" then
      return nil
    end
    local models = require "liangxin.models"
    rawset(module, "models", models)
    return models
  end,
})
