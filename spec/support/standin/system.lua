-- Stands in for LuaSystem where no build of it is to be had (Lua 5.5, Windows):
-- what busted asks of it.
return {
  gettime = os.time,
  monotime = os.clock,
  sleep = function() end,
}
