/* client_lua.h: the client userdata of the binding. The Lua thread only. */
#pragma once

#include "compat.h"

#pragma GCC visibility push(hidden)

/* core.new(config) -> handle. Starts no thread. Raises on a bad config. */
int lx_lua_client_new(lua_State *L);

/* Make the userdata's metatable in this state. */
void lx_lua_client_open(lua_State *L);

#pragma GCC visibility pop
