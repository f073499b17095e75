-- A journal of its own for each test of a describe, and clients on it.

local busted = require("busted")
local folders = require("spec.support.folder")
local quick = require("spec.support.quick")

local M = {}

---Call it in a describe. `folder` is new for each test, and removed with the
---clients; `open(options)` makes a client of `fault` on the journal in it.
---@param fault fault.Server
---@return {folder: string, open: fun(options?: liangxin.Options): liangxin.Client}
function M.serve(fault)
  local here = {}

  busted.before_each(function()
    here.folder = folders.new()
  end)

  busted.after_each(function()
    quick.close()
    folders.remove(here.folder)
  end)

  function here.open(options)
    local all = { journal = here.folder .. "/studio.db" }
    for name, value in pairs(options or {}) do
      all[name] = value
    end
    return quick.client(fault, all)
  end

  return here
end

return M
