/* command_lua.h: the methods of a client that give the core a command. The Lua
 * thread only. */
#pragma once

#include "compat.h"

#pragma GCC visibility push(hidden)

/* Set them into the table on top of the stack. Each returns true, or nil and
 * the kind of the local end (forked, closed, memory). */
void lx_lua_set_commands(lua_State *L);

#pragma GCC visibility pop
