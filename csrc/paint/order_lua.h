/* order_lua.h: a Lua table -> an order. Knows no gd. */
#pragma once

#include "compat.h"
#include "order.h"

#pragma GCC visibility push(hidden)

/* Read the order at `index` (fields width, height, format, quality, seed,
 * prompt, model, data_uri, references). The caller owns it. Raises nothing but
 * memory errors; NULL when out of memory or the nesting is too deep. */
struct lx_order *lx_order_from_lua(lua_State *L, int index, int depth);

#pragma GCC visibility pop
