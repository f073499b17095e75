local trial = require "spec.hosts.trial"

trial.run {
  attach = require("liangxin.loop.nvim").attach,
  start = function(fn)
    trial.start(function()
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
