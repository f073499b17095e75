-- native.lua: loading the C modules. Where one cannot be loaded, the message
-- says why in the system's words, and what to do.

local unpack = rawget(table, "unpack") or unpack

local M = {}

-- What each is linked with, its Debian package, and the rock that has it.
local MODULES = {
  ["liangxin.core"] = { "libcurl", "libcurl4", "liangxin" },
  ["liangxin.listener"] = { "libmicrohttpd", "libmicrohttpd12", "liangxin-webhook" },
  ["liangxin.paint"] = { "libgd", "libgd3", "liangxin-paint" },
  ["liangxin.store.sqlite"] = { "libsqlite3", "libsqlite3-0", "liangxin-sqlite" },
  ["liangxin.store.postgres"] = { "libpq", "libpq5", "liangxin-postgres" },
}

-- Windows' words, in the user's language, do not say which DLL is missing.
local IS_WINDOWS = package.config:sub(1, 1) == "\\"

-- Words of loaders, and of luaL_checkversion, where a module is another Lua's.
local OTHER_LUA = {
  "undefined symbol: lua", "symbol not found.*_lua", "Symbol not found: .*lua", "version mismatch",
  "multiple Lua VMs", "incompatible numeric types", "not available for Lua", "procedure could not be found",
}

local function this_lua()
  return rawget(_G, "jit") and "LuaJIT" or _VERSION
end

local function is_other_lua(why)
  for _, pattern in ipairs(OTHER_LUA) do
    if why:find(pattern) then
      return true
    end
  end
  return false
end

local function advice(name, why)
  local library, package_name, rock = unpack(MODULES[name])
  local version = _VERSION:match("%d.%d")
  if why:find("module '" .. name .. "' not found", 1, true) then
    return ("it is not on package.cpath: luarocks --lua-version %s install %s, or make LUA=... build and "
      .. "set LUA_CPATH"):format(version, rock)
  elseif why:find(library, 1, true) and not is_other_lua(why:gsub("[^\n]*" .. library, "")) then
    return ("install %s (Debian: apt-get install %s)"):format(library, package_name)
  elseif is_other_lua(why) then
    return ("it was built for another Lua, and this is %s: build it for this one (luarocks --lua-version %s "
      .. "install %s, or make LUA=... build)"):format(this_lua(), version, rock)
  elseif IS_WINDOWS then
    return ("the DLLs that it uses, %s's and %s's, must lie beside the program or on PATH"):format(library, this_lua())
  end
  return ("build it on this machine, for %s, and look whether %s is installed"):format(this_lua(), library)
end

-- The lines that say where it was looked for do not help when it was found.
local function shorten(name, why)
  why = why:gsub("^error loading module '[^']*' from file '[^']*':%s*", "")
  if why:find("' not found", 1, true) then
    return "module '" .. name .. "' not found"
  end
  return (why:gsub("%s+", " "):gsub("%.? $", ""))
end

--- The C module of that name.
function M.load(name)
  local is_loaded, module = pcall(require, name)
  if is_loaded then
    return module
  end
  local why = tostring(module)
  error(("%s cannot be loaded: %s; %s"):format(name, shorten(name, why), advice(name, why)), 0)
end

return M
