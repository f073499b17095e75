-- pictures.lua: shows a saved picture in the terminal, by chafa, if that is
-- installed.

local core = require "liangxin.core"

local M = {}

M.FORMATS = { "auto", "none", "symbols", "sixels", "kitty", "iterm" }

local IS_WINDOWS = package.config:sub(1, 1) == "\\"
local PICTURES = { png = true, jpg = true, jpeg = true, gif = true, webp = true, avif = true, svg = true, tiff = true,
  bmp = true }

local function quote(text)
  if IS_WINDOWS then
    return '"' .. text:gsub('"', "") .. '"'
  end
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function succeeds(command)
  local ok = os.execute(command)
  return ok == true or ok == 0
end

-- Inside of tmux and screen, chafa is told that there are sixels where none are.
local function is_multiplexer()
  local term = os.getenv "TERM" or ""
  return os.getenv "TMUX" or os.getenv "STY" or term:find "^screen" or term:find "^tmux"
end

--- What to run to show a picture on a terminal of that size; `format`: one of
--- FORMATS but none.
function M.command(path, format, columns, rows)
  if format == "auto" then
    format = is_multiplexer() and "symbols" or nil
  end
  local width, height = math.min(columns, 80), math.max(4, math.min(rows - 2, 24))
  return ("chafa --animate off --size %dx%d%s %s"):format(width, height,
    format and " --format " .. format or "", quote(path))
end

--- Whether it can be done: a terminal, or a format that was asked for, and chafa.
function M.can_show(format)
  if format == "none" or format == "auto" and not (core.terminal.is_terminal(2) and core.terminal.is_terminal(1)) then
    return false
  end
  return succeeds(IS_WINDOWS and "where chafa >NUL 2>NUL" or "command -v chafa >/dev/null 2>&1")
end

--- Show it on stderr: stdout has its path.
function M.show(path, format)
  if PICTURES[(path:match "%.(%w+)$" or ""):lower()] then
    io.stderr:flush()
    local columns, rows = core.terminal.size(2)
    succeeds(M.command(path, format, columns or 80, rows or 24) .. " 1>&2")
  end
end

return M
