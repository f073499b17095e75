-- Stands in for lua-term where no build of it is to be had (Lua 5.5, Windows).
return {
  isatty = function()
    return false
  end,
}
