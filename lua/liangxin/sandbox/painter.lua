-- The painter: runs in the Lua state of the listener's worker thread
-- (csrc/listener/worker.h), so that a large picture holds up no request.

local json = require("liangxin.sandbox.json")
local paint = require("liangxin.native").load("liangxin.paint")

---@param text string an order of files.lua, as JSON
---@param is_cancelled fun(): boolean
---@return string? bytes nil when cancelled
return function(text, is_cancelled)
  return paint.paint(json.decode(text), is_cancelled)
end
