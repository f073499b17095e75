/* text_lua.h: what the core knows about texts, for Lua. Host's thread. */
#pragma once

#include "compat.h"

#pragma GCC visibility push(hidden)

/* core.mend(text): strict JSON made of it, or nil where that cannot be. */
int lx_lua_mend(lua_State *L);

/* core.has_control(text): whether one of its bytes is a control character of
 * ASCII. core.is_utf8(text). A class of Lua's patterns takes a hundred
 * instructions for each byte. */
int lx_lua_has_control(lua_State *L);
int lx_lua_is_utf8(lua_State *L);

/* core.digest(text): the first 32 hexadecimal digits of its SHA-256. */
int lx_lua_digest(lua_State *L);

#pragma GCC visibility pop
