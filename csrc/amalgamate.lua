-- amalgamate.lua: the library as three files, for programs that compile it in:
--   lua csrc/amalgamate.lua FOLDER    run anywhere; FOLDER must exist
-- liangxin.c is the core and the binding, liangxin.h the public header, and
-- liangxin_lua.c the Lua sources with liangxin_preload. The sandbox stays out:
-- it needs modules of its own.

local root = arg[0]:match("^(.-)[^/\\]*$") .. "../"
local folder = assert(arg[1], "which folder? lua amalgamate.lua FOLDER")

local function read(path)
  local file = assert(io.open(root .. path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

local function exists(path)
  local file = io.open(root .. path, "rb")
  if file then
    file:close()
  end
  return file ~= nil
end

local function write(name, text)
  local file = assert(io.open(folder .. "/" .. name, "wb"))
  assert(file:write(text))
  assert(file:close())
end

-- The sources are those of the client's rock, by their extension.
local function sources(extension)
  local found = {}
  local rock = read("rockspec/liangxin-scm-1.rockspec")
  for path in rock:match("modules = (%b{})"):gmatch('"([^"]+)"') do
    if path:match("%.(%w+)$") == extension then
      found[#found + 1] = path
    end
  end
  assert(#found > 0, "the rockspec names no sources")
  return found
end

local function place_of(header, from)
  for _, place in ipairs({ from:match("^.*/"), "csrc/core/", "csrc/lua/" }) do
    if exists(place .. header) then
      return place .. header
    end
  end
  error(from .. ": no file " .. header)
end

-- `path` with the headers of ours that it includes in their place, each once.
local function put_file(out, path, seen)
  local depth = 0 -- of #if
  for line in (read(path) .. "\n"):gsub("\n\n$", "\n"):gmatch("(.-)\n") do
    local header = line:match('^#include "([^"]+)"')
    if line:find("^#%s*if") then
      depth = depth + 1
    elseif line:find("^#%s*endif") then
      depth = depth - 1
    end
    if header then
      header = place_of(header, path)
      if not seen[header] then
        -- Under a condition it would be missing where that does not hold.
        seen[header] = depth == 0
        put_file(out, header, seen)
      end
    elseif line ~= "#pragma once" then
      out[#out + 1] = line
    end
  end
end

local function c_file()
  local out, seen = {
    "/* liangxin.c: made by `make amalgamation`. MIT licence:",
    " *",
    (" * " .. read("LICENSE"):gsub("\n+$", ""):gsub("\n", "\n * "):gsub(" +\n", "\n")),
    " */",
    "#if !defined(_WIN32) && !defined(_GNU_SOURCE)",
    "#define _GNU_SOURCE",
    "#endif",
  }, {}
  for _, path in ipairs(sources("c")) do
    out[#out + 1] = ("\n/* ==== %s ==== */\n"):format(path)
    put_file(out, path, seen)
  end
  return table.concat(out, "\n") .. "\n"
end

local function header_file()
  local out = {}
  put_file(out, "csrc/lua/liangxin.h", {})
  return "#pragma once\n" .. table.concat(out, "\n") .. "\n"
end

local PRELOAD = [[
static const struct module {
    const char *name;  /* as required */
    const char *chunk; /* in positions of messages */
    const unsigned char *source;
    size_t bytes;
} modules[] = {
%s};

static int load_module(lua_State *L)
{
    const struct module *module =
        &modules[(size_t)lua_tonumber(L, lua_upvalueindex(1))];

    if (luaL_loadbuffer(L, (const char *)module->source, module->bytes,
                        module->chunk) != 0)
        return lua_error(L);
    lua_pushstring(L, module->name);
    lua_call(L, 1, 1);
    return 1;
}

static void preload(lua_State *L, const char *name, lua_CFunction open, size_t i)
{
    lua_getfield(L, -1, name);
    if (lua_isnil(L, -1)) {
        lua_pushnumber(L, (lua_Number)i);
        lua_pushcclosure(L, open, 1);
        lua_setfield(L, -3, name);
    }
    lua_pop(L, 1);
}

void liangxin_preload(lua_State *L)
{
    luaL_checkstack(L, 8, "to preload liangxin");
    lua_getglobal(L, "package");
    if (!lua_istable(L, -1))
        luaL_error(L, "liangxin_preload: no package library: call luaL_openlibs first");
    lua_getfield(L, -1, "preload");
    preload(L, "liangxin.core", luaopen_liangxin_core, 0);
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
        preload(L, modules[i].name, load_module, i);
    lua_pop(L, 2);
}
]]

local function lua_file()
  local out, rows = {
    "/* liangxin_lua.c: made by `make amalgamation`. The Lua sources, whole, so that",
    " * positions in messages are right. */",
    '#include "liangxin.h"',
    "",
    "#include <lauxlib.h>",
    "",
    "#include <stddef.h>",
    "",
  }, {}
  for i, path in ipairs(sources("lua")) do
    local chunk = path:gsub("^lua/", "")
    if not chunk:find("^liangxin/sandbox/") then
      local name = chunk:gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", ".")
      local bytes = read(path):gsub(".", function(byte)
        return byte:byte() .. (byte == "\n" and ",\n" or ",")
      end)
      out[#out + 1] = ("static const unsigned char source_%d[] = { /* %s */\n%s};\n"):format(i, chunk, bytes)
      rows[#rows + 1] = ('    {"%s", "@%s", source_%d, sizeof source_%d},\n'):format(name, chunk, i, i)
    end
  end
  out[#out + 1] = (PRELOAD:gsub("%%s", (table.concat(rows):gsub("%%", "%%%%")), 1))
  return table.concat(out, "\n")
end

write("liangxin.c", c_file())
write("liangxin.h", header_file())
write("liangxin_lua.c", lua_file())
