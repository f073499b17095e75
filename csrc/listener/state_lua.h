/* state_lua.h: what the listener's own Lua states have in common. Whoever uses
 * a state has its lock, or is its only thread. */
#pragma once

#include "compat.h"

#include <lualib.h>

/* Open the libraries and set where modules are found. May raise. */
static inline void lx_state_prepare(lua_State *L, const char *path,
                                    const char *cpath)
{
    luaL_openlibs(L);
    lua_getglobal(L, "package");
    lua_pushstring(L, path);
    lua_setfield(L, -2, "path");
    lua_pushstring(L, cpath);
    lua_setfield(L, -2, "cpath");
    lua_pop(L, 1);
}

/* Push require(module). May raise. */
static inline void lx_state_require(lua_State *L, const char *module)
{
    lua_getglobal(L, "require");
    lua_pushstring(L, module);
    lua_call(L, 1, 1);
}

/* The error on the top as text; valid as long as it stays there. */
static inline const char *lx_state_problem(lua_State *L)
{
    const char *why = lua_tostring(L, -1);
    return why ? why : "unknown error";
}
