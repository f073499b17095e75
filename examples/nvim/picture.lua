-- Neovim: `:Picture a lighthouse at night` draws it and inserts the path, as an
-- image of Markdown, below the line where the command was given. Editing goes on
-- meanwhile.
local liangxin = require "liangxin"

local client

local function picture(command)
  if not client then
    client = liangxin.new()
    require("liangxin.loop.nvim").attach(client)
  end
  local buffer = vim.api.nvim_get_current_buf()
  local row = vim.api.nvim_win_get_cursor(0)[1]
  -- An extended mark stays with the line while others come and go above it.
  local space = vim.api.nvim_create_namespace "liangxin"
  local mark = vim.api.nvim_buf_set_extmark(buffer, space, row - 1, 0, {})
  client:spawn(function()
    local result = liangxin.check(client:generate("z-image", { prompt = command.args }))
    local path = liangxin.check(result:save "pictures/")[1].path
    if not vim.api.nvim_buf_is_valid(buffer) or not vim.bo[buffer].modifiable then
      return vim.notify("saved " .. path)
    end
    row = vim.api.nvim_buf_get_extmark_by_id(buffer, space, mark, {})[1] + 1
    vim.api.nvim_buf_set_lines(buffer, row, row, true, { ("![%s](%s)"):format(command.args, path) })
  end)
end

vim.api.nvim_create_user_command("Picture", picture, { nargs = "+" })
