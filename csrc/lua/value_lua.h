/* value_lua.h: Lua values to JSON text. The Lua thread only. */
#pragma once

#include "compat.h"

#pragma GCC visibility push(hidden)

/* core.encode(value) -> text, or nil, message, path. Never raises for a value.
 * Push the function that does it, with its memory and marks as upvalues. */
void lx_lua_push_encoder(lua_State *L);

/* Push the metatable that marks arrays (liangxin.array). */
void lx_lua_push_array_mark(lua_State *L);

#pragma GCC visibility pop
