/* handle_lua.h: the box that Lua holds a client in. The Lua thread only. */
#pragma once

#include "engine/client.h"
#include "compat.h"
#include "inbox_lua.h"

#pragma GCC visibility push(hidden)

#define LX_LUA_CLIENT_TYPE "liangxin.core.client"

struct lx_lua_handle {
    struct lx_client *client; /* NULL: not yet, or closed */
    struct lx_lua_inbox inbox;
    bool is_closing; /* closed while an event was being told */
};

/* The box at index 1; raises for anything else. */
static inline struct lx_lua_handle *lx_lua_check_handle(lua_State *L)
{
    return luaL_checkudata(L, 1, LX_LUA_CLIENT_TYPE);
}

/* The same, and raises when it is closed. */
static inline struct lx_lua_handle *lx_lua_check_open(lua_State *L)
{
    struct lx_lua_handle *handle = lx_lua_check_handle(L);

    if (!handle->client || handle->is_closing)
        luaL_error(L, "attempt to use a closed client");
    return handle;
}

#pragma GCC visibility pop
