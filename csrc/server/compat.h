/* compat.h: what Lua 5.1, LuaJIT, 5.3 and 5.4 spell differently, for the few
 * files here that include lua.h. The client's binding has its own: the two
 * modules share no source, so that each builds alone. */
#pragma once

#if !__has_include(<lua.h>)
#error "lua.h is missing: install liblua5.4-dev (or your Lua's -dev package)"
#endif

#include <lua.h>
#include <lualib.h>
#include <lauxlib.h>

#if LUA_VERSION_NUM < 502
#define lx_raw_length(L, index) lua_objlen(L, index)
#else
#define lx_raw_length(L, index) lua_rawlen(L, index)
#endif

/* Refuse, with a readable message, a Lua other than the one compiled for. */
static inline void lx_check_lua(lua_State *L)
{
#if LUA_VERSION_NUM >= 502
    luaL_checkversion(L);
#else
    /* Only 5.1 and LuaJIT export lua_objlen: any other fails to link here. */
    lua_pushliteral(L, "");
    (void)lua_objlen(L, -1);
    lua_pop(L, 1);
#endif
}
