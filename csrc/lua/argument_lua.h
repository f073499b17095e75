/* argument_lua.h: arguments that many functions take. The Lua thread only. */
#pragma once

#include "compat.h"

#pragma GCC visibility push(hidden)

/* The number of an operation at `index`; raises for anything else. */
static inline uint64_t lx_lua_check_id(lua_State *L, int index)
{
    double id = (double)luaL_checknumber(L, index);

    luaL_argcheck(L, id >= 1.0 && id <= 9007199254740991.0, index,
                  "not an operation's number");
    return (uint64_t)id;
}

/* Seconds at `index` as milliseconds; raises for what is no such number. */
static inline int64_t lx_lua_check_ms(lua_State *L, int index)
{
    double ms = (double)luaL_checknumber(L, index) * 1000.0;

    luaL_argcheck(L, ms >= 0.0 && ms <= 9.0e15, index, "not a time in seconds");
    return (int64_t)(ms + 0.999); /* never early */
}

#pragma GCC visibility pop
