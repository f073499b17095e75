-- Neovim brings OpenResty's fork of lua-cjson as vim.json: here it stands for
-- lua-cjson.
package.preload.cjson = function()
  return vim.json
end
local cjson = require "cjson"
local core = require "liangxin.core"
local trial = require "spec.hosts.trial"

-- The marks of the fork are encoded as it means them.
local function know_the_fork()
  assert(cjson._VERSION:find "^2%.1%.0%.%d+$", "no fork of OpenResty's: " .. cjson._VERSION)
  assert(core.encode(cjson.empty_array) == "[]")
  assert(core.encode(setmetatable({}, cjson.array_mt)) == "[]")
  assert(core.encode(setmetatable({}, cjson.empty_array_mt)) == "[]")
end

trial.run {
  attach = require("liangxin.loop.nvim").attach,
  start = function(fn)
    trial.start(function()
      know_the_fork()
      fn()
      vim.api.nvim_buf_set_lines(0, 0, -1, false, { "the API can be called" })
    end)
  end,
  finish = function()
    local version = vim.version()
    trial.ended(("Neovim %d.%d.%d"):format(version.major, version.minor, version.patch))
    vim.cmd "qa!"
  end,
}
