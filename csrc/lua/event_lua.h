/* event_lua.h: events and their parts to Lua values. The Lua thread only. */
#pragma once

#include "compat.h"
#include "engine/message.h"

#pragma GCC visibility push(hidden)

/* Push type, id and what else describes `event`; returns how many values that
 * makes. The event stays the caller's, but for the rows of an answer. May raise
 * when out of memory, and can be called again then. */
int lx_lua_push_event(lua_State *L, struct lx_event *event);

#pragma GCC visibility pop
