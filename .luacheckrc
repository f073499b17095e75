-- One source runs on Lua 5.1 to 5.5 and LuaJIT: only what all of them have.
std = "min"
max_line_length = 120

-- What exists on some of them; code asks before it uses these.
read_globals = {
  "jit", "loadstring", "setfenv", "unpack",
  math = { fields = { "type", "tointeger", "maxinteger" } },
  table = { fields = { "pack", "unpack", "move" } },
}

files["spec"] = { std = "min+busted" }
files["examples/testing"] = { std = "min+busted" }
files["spec/support/fault"] = { std = "lua54" } -- a server, a process of its own
files["rockspec"] = { std = "rockspec" }

-- Programs inside hosts see what those put there.
local HOSTS = {
  read_globals = { "vim", "ngx", "mp", "core", "awesome", "root", "box", "_TARANTOOL" },
  globals = { "love", "frame" },
}
files["spec/hosts"] = HOSTS
files["examples"] = HOSTS
files["spec/hosts/run.lua"] = { std = "lua54" }

-- The library walks tables by liangxin.walk, which says why.
files["lua"] = { not_globals = { "next", "pairs" } }
files["lua/liangxin/walk.lua"] = { read_globals = { "next", "pairs" } }
