-- service.lua: where the examples find the service. With LIANGXIN_BASE_URL and
-- LIANGXIN_API_KEY set that is the real one, where every task costs money;
-- without, a sandbox is started in this process. Your own program needs none of
-- this: liangxin.new reads the two variables by itself.

local liangxin = require "liangxin"

local M = {}

--- A client, and the sandbox that it talks to (nil: it is the real service).
function M.open(options)
  options = options or {}
  if os.getenv "LIANGXIN_BASE_URL" then
    return liangxin.new(options), nil
  end
  -- The sandbox runs until it is collected or the process ends.
  M.sandbox = M.sandbox or liangxin.check(require("liangxin.sandbox").start())
  options.base_url, options.api_key = M.sandbox.base_url, M.sandbox.api_key
  return liangxin.new(options), M.sandbox
end

return M
