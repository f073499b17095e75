/* store_lua.h: how a store's module hands its functions to the core's: both are
 * shared objects of their own, and only Lua sees both. A light userdata does
 * not do: on 64-bit ARM, LuaJIT has no room for all addresses in one. */
#pragma once

#include "compat.h"
#include "journal/store.h"

/* The metatable's name; what is in such a userdata keeps this form for ever. */
#define LX_STORE_TYPE "liangxin.store"

struct lx_store_box {
    uint32_t version; /* of the struct behind */
    uint32_t bytes;
    const struct lx_store_api *api; /* in a module that stays in memory */
};

/* The functions in the box at `index`; NULL when the value is none, or one of a
 * module that was built for another version of the core. */
static inline const struct lx_store_api *lx_store_from(lua_State *L, int index)
{
    const struct lx_store_box *box = lua_touserdata(L, index);
    const struct lx_store_api *api = NULL;

    if (!box || !lua_getmetatable(L, index))
        return NULL;
    luaL_getmetatable(L, LX_STORE_TYPE);
    if (lua_rawequal(L, -1, -2) && box->version == LX_STORE_VERSION &&
        box->bytes == sizeof *box->api)
        api = box->api;
    lua_pop(L, 2);
    return api;
}
