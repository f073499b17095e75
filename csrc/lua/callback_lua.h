/* callback_lua.h: the tokens and signatures of callbacks, for Lua. Host's
 * thread. */
#pragma once

#include "compat.h"

#pragma GCC visibility push(hidden)

/* core.callback(body): the id of the task that it names and the token in it or
 * nil; or nil and what is wrong: "shape" or "task". */
int lx_lua_callback(lua_State *L);

/* core.token() -> 32 hexadecimal digits that nobody can guess. With a secret
 * half of them depend on it: core.is_token(secret, token) tells those apart. */
int lx_lua_token(lua_State *L);
int lx_lua_is_token(lua_State *L);

/* core.token_of(url) -> the token in a callBackUrl, or nil. */
int lx_lua_token_of(lua_State *L);

/* core.is_signature(secret, text, signature): whether it is the HMAC-SHA256 of
 * the text under the secret, as base64. */
int lx_lua_is_signature(lua_State *L);

#pragma GCC visibility pop
