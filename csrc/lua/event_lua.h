/* event_lua.h: events and their parts to Lua values. The Lua thread only. */
#pragma once

#include "compat.h"
#include "engine/message.h"

#pragma GCC visibility push(hidden)

/* Push type, id and up to two more values that describe `event`; returns how
 * many. The event stays the caller's. May raise when out of memory. */
int lx_lua_push_event(lua_State *L, const struct lx_event *event);

#pragma GCC visibility pop
