/* text_lua.h: what the core knows about texts of the service, for Lua. Host's
 * thread. */
#pragma once

#include "compat.h"

#pragma GCC visibility push(hidden)

/* core.mend(text): strict JSON made of it, or nil where that cannot be. */
int lx_lua_mend(lua_State *L);

/* core.digest(text): the first 32 hexadecimal digits of its SHA-256. */
int lx_lua_digest(lua_State *L);

#pragma GCC visibility pop
