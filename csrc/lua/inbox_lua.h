/* inbox_lua.h: events taken from the core that have not become Lua values yet.
 * An event leaves only after it has, so that none is lost when Lua raises. The
 * Lua thread only. Starts as zeros. */
#pragma once

#include "engine/client.h"
#include "compat.h"

#pragma GCC visibility push(hidden)

struct lx_lua_inbox {
    struct lx_event *events;                 /* taken, not yet told */
    struct lx_event *told_first, *told_last; /* to be given back together */
    int told_count;
    bool is_telling; /* inside lx_lua_inbox_next: the first one is in use */
};

/* Whether something waits, here or in the core; no when this is called by a
 * finalizer in the middle of lx_lua_inbox_next. */
bool lx_lua_inbox_has(struct lx_lua_inbox *inbox, struct lx_client *client);

/* Whether there is nothing to tell; takes nothing. Yes in such a finalizer. Not
 * after a fork. */
bool lx_lua_inbox_is_quiet(const struct lx_lua_inbox *inbox,
                           struct lx_client *client);

/* Push the function that makes values of an event, for lx_lua_inbox_next. */
void lx_lua_push_teller(lua_State *L);

/* Push the next event's values (lx_lua_push_event) and return how many; 0 when
 * nothing waits. `teller` is the index of the function of lx_lua_push_teller:
 * to make it here would allocate, and a finalizer might close the client. */
int lx_lua_inbox_next(lua_State *L, int teller, struct lx_lua_inbox *inbox,
                      struct lx_client *client);

void lx_lua_inbox_free(struct lx_lua_inbox *inbox);

#pragma GCC visibility pop
