/* json_text_lua.h: texts and numbers as JSON. The Lua thread only. Both append
 * to `out` and return NULL, or what is wrong: words behind a value's name. */
#pragma once

#include "base/buffer.h"
#include "compat.h"

#pragma GCC visibility push(hidden)

#define LX_LUA_TOO_MUCH "is too much: a request may have 128 MiB"

const char *lx_lua_put_text(struct lx_buffer *out, const char *text,
                            size_t length);

/* The number at `index`; one with an integer's value as an integer. */
const char *lx_lua_put_number(struct lx_buffer *out, lua_State *L, int index);

#pragma GCC visibility pop
