/* download_lua.h: the table of handle:download to a download's order. The Lua
 * thread only. */
#pragma once

#include "compat.h"
#include "download/order.h"

#pragma GCC visibility push(hidden)

/* Read the table at the absolute `index`; the caller owns the result. Raises,
 * with nothing leaked, when a field is missing or out of range, or when out of
 * memory. The stack may have grown. */
struct lx_download_order *lx_lua_read_download(lua_State *L, int index);

#pragma GCC visibility pop
