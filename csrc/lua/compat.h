/* compat.h: the differences between Lua 5.1 (and LuaJIT), 5.2, 5.3, 5.4
 * and 5.5. */
#pragma once

#if defined(__has_include)
#if !__has_include(<lua.h>)
#error                                                                         \
    "Lua headers are missing: apt-get install liblua5.4-dev (or libluajit-5.1-dev), or set LUA_INCDIR"
#endif
#endif
#include <lauxlib.h>
#include <lua.h>

#include <stdint.h>

#if LUA_VERSION_NUM < 502
#define lua_rawlen lua_objlen
#endif

/* Set `functions` into the table on top of the stack. */
static inline void compat_set_functions(lua_State *L, const luaL_Reg *functions)
{
    for (; functions->name; functions++) {
        lua_pushcfunction(L, functions->func);
        lua_setfield(L, -2, functions->name);
    }
}

#if LUA_VERSION_NUM < 503
/* Whether the number there has no fraction and fits. */
static inline int lua_isinteger(lua_State *L, int index)
{
    lua_Number number = lua_tonumber(L, index);

    return lua_type(L, index) == LUA_TNUMBER && number >= -9007199254740992.0 &&
           number <= 9007199254740992.0 &&
           number == (lua_Number)(int64_t)number;
}
#endif

/* The integer there, as wide as it comes. */
static inline int64_t compat_to_int64(lua_State *L, int index)
{
#if LUA_VERSION_NUM < 503
    return (int64_t)lua_tonumber(L, index);
#else
    return (int64_t)lua_tointeger(L, index);
#endif
}

static inline void compat_push_int64(lua_State *L, int64_t number)
{
#if LUA_VERSION_NUM < 503
    lua_pushnumber(L, (lua_Number)number);
#else
    lua_pushinteger(L, (lua_Integer)number);
#endif
}

/* A module built for another Lua must fail to load with words, not crash. */
static inline void compat_check_version(lua_State *L)
{
#if LUA_VERSION_NUM >= 502
    luaL_checkversion(L);
#else
    /* a symbol that only 5.1 has: others refuse the module at load time */
    size_t (*only_in_51)(lua_State *, int) = lua_objlen;
    (void)only_in_51(L, 0);
#endif
}
