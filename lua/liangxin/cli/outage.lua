-- outage.lua: says once that something is away that is asked again and again, and
-- once that it is back.

local core = require "liangxin.core"
local text = require "liangxin.cli.text"

local M = {}

local Outage = {}
Outage.__index = Outage

--- `name`: what may be away. `patience`: seconds without an answer before that is
--- said.
function M.new(output, name, patience)
  return setmetatable({
    output = output,
    name = name,
    patience = patience,
    began = nil, -- the first fault since an answer
    is_told = false,
  }, Outage)
end

--- It has not answered, and this is why.
function Outage:fault(words)
  local now = core.now()
  self.began = self.began or now
  if not self.is_told and now - self.began >= self.patience then
    self.is_told = true
    self.output:fail("%s; asking again until it answers", text.clean(words))
  end
end

--- It has answered.
function Outage:answer()
  if self.is_told then
    self.output:say("liangxin: %s answers again, after %s", self.name, text.duration(core.now() - self.began))
  end
  self.began, self.is_told = nil, false
end

return M
