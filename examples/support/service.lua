-- service.lua: where the examples find the service. With LIANGXIN_BASE_URL and
-- LIANGXIN_API_KEY set that is the real one; without, a sandbox is started in
-- this process. Your own program needs none of this: liangxin.new reads the two
-- variables by itself.

local liangxin = require "liangxin"

local M = {}

--- A client, and whether it talks to a sandbox.
function M.open(options)
  options = options or {}
  if os.getenv "LIANGXIN_BASE_URL" then
    return liangxin.new(options), false
  end
  local sandbox = require("liangxin.sandbox").start { speed = M.speed or 1 }
  options.base_url, options.api_key = sandbox.base_url, sandbox.api_key
  M.sandbox = sandbox -- stops when it is collected, or when the process ends
  return liangxin.new(options), true
end

return M
