-- nvim: local loop = require("liangxin.loop.nvim").attach(client)
-- Watches the client's descriptor in Neovim's loop; jobs run on the main loop,
-- where vim.api may be called. Opts: on_error(err), default: vim.notify.

local base = require "liangxin.loop"
local luv = require "liangxin.loop.luv"

local M = {}

local function notify(err)
  local vim = rawget(_G, "vim")
  vim.schedule(function()
    vim.notify("liangxin: " .. tostring(err), vim.log.levels.ERROR)
  end)
end

--- Drive `client` from Neovim's loop until it is closed or loop:stop().
function M.attach(client, opts)
  opts = base.check(client, opts)
  local vim = opts.loop or rawget(_G, "vim")
  local uv = base.has(vim, "schedule") and (vim.uv or vim.loop)
  if not uv then
    error("liangxin.loop.nvim: this is not Neovim: there is no vim.loop", 2)
  end
  local loop = base.new(client, opts, notify)
  -- Callbacks of libuv are no place for vim.api; the descriptor stays readable
  -- until the turn, so one of them is enough.
  local is_scheduled = false
  local function turn()
    is_scheduled = false
    loop:turn()
  end
  luv.watch(loop, uv, function()
    if not is_scheduled then
      is_scheduled = true
      vim.schedule(turn)
    end
  end)
  return loop
end

return M
