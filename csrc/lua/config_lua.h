/* config_lua.h: the config table of core.new to struct lx_config. The Lua
 * thread only. */
#pragma once

#include "compat.h"
#include "engine/config.h"

#pragma GCC visibility push(hidden)

/* Read the table at index 1; what it gives is the caller's to deinit. Raises,
 * with nothing leaked, when a field is missing or out of range. The stack may
 * have grown. */
void lx_lua_read_config(lua_State *L, struct lx_config *config);

#pragma GCC visibility pop
