/* terminal_lua.h: terminal and signals of the program `liangxin`, for Lua.
 * Host's thread. */
#pragma once

#include "compat.h"

#pragma GCC visibility push(hidden)

/* Push the table core.terminal. */
void lx_lua_push_terminal(lua_State *L);

#pragma GCC visibility pop
