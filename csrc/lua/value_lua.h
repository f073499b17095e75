/* value_lua.h: Lua values to JSON text. The Lua thread only. */
#pragma once

#include "compat.h"

#pragma GCC visibility push(hidden)

/* core.encode(value) -> text, or nil, message, path. Never raises for a value.
 * With pictures of liangxin.image in it, a list instead of the text: text,
 * picture, text, ... text. A result stands for its first URL.
 * core.encode(value, names) -> the same and what is kept, a text that is the
 * same in every run: a result is "task#1" there, a text that `names` has a text
 * for is that, and a picture is the byte LX_WISH_PICTURE between its quotes.
 * Push the function that does it, with its memory and marks as upvalues. */
void lx_lua_push_encoder(lua_State *L);

/* Push the metatable that marks arrays (liangxin.array). */
void lx_lua_push_array_mark(lua_State *L);

/* Push the metatables of pictures (liangxin.image) and of results. */
void lx_lua_push_image_class(lua_State *L);
void lx_lua_push_result_class(lua_State *L);

#pragma GCC visibility pop
