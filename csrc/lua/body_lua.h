/* body_lua.h: what the encoder made of a request with pictures, as a body; and
 * back, what became known of them. The Lua thread only. */
#pragma once

#include "api/body.h"
#include "compat.h"

#pragma GCC visibility push(hidden)

/* The body of the list at `index`: texts, and pictures of liangxin.image. The
 * caller owns it. Raises, with nothing leaked, for anything else. */
struct lx_body *lx_lua_read_body(lua_State *L, int index);

/* Push {total =, n, n, ...}: bytes of the request and of its pictures, no total
 * and false where they are not known; or nil without a body. */
void lx_lua_push_sizes(lua_State *L, const struct lx_body *body);

#pragma GCC visibility pop
