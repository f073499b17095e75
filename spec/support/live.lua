-- live.lua: a sandbox and clients of it, for specs of the Lua half.

local liangxin = require "liangxin"
local sandbox = require "liangxin.sandbox"
local folder = require "spec.support.folder"

local M = {}

--- Start a sandbox whose pictures take a tenth of a second.
function M.start(options)
  local given = { speed = 20 }
  for name, value in pairs(options or {}) do
    given[name] = value
  end
  return sandbox.start(given)
end

--- A client of `service` that asks often. `options` are added.
function M.client(service, options)
  local given = {
    base_url = service.base_url,
    api_key = service.api_key,
    poll = { first = 0.02, factor = 1, max = 0.02, jitter = 0 },
  }
  for name, value in pairs(options or {}) do
    given[name] = value
  end
  return liangxin.new(given)
end

--- For the describe that calls this: a sandbox from before its first spec to
--- after its last, and a new client of it for each spec. `keep(service, client)`
--- is called before each spec.
function M.each(keep)
  local busted = require "busted"
  local service, client
  busted.setup(function()
    service = M.start()
  end)
  busted.teardown(function()
    service.stop()
  end)
  busted.before_each(function()
    client = M.client(service)
    keep(service, client)
  end)
  busted.after_each(function()
    client:close()
  end)
end

--- The body of a request for a picture.
function M.picture(prompt)
  return { model = "z-image", input = { prompt = prompt } }
end

--- A new empty folder and a function that removes it with all that is in it.
function M.folder()
  local path = folder.new()
  return path .. "/", function()
    folder.remove(path)
  end
end

--- The content of a file, nil when there is none.
function M.read(path)
  local file = io.open(path, "rb")
  local text = file and file:read("*a")
  if file then
    file:close()
  end
  return text
end

--- The error that fn(...) raises.
function M.raised(fn, ...)
  local ok, value = pcall(fn, ...)
  assert(not ok, "it did not raise")
  return value
end

return M
