/* push_lua.h: how the module of a store that speaks SQL gives its functions to
 * Lua; lua/store_lua.h has what the core's module makes of them. */
#pragma once

#include "store_lua.h"

/* Push the box of an `api` in a module that stays in memory. */
static inline void lx_store_push(lua_State *L, const struct lx_store_api *api)
{
    struct lx_store_box *box = lua_newuserdata(L, sizeof *box);

    *box = (struct lx_store_box){api->version, api->bytes, api};
    luaL_newmetatable(L, LX_STORE_TYPE);
    lua_setmetatable(L, -2);
}
