/* rows_lua.h: entries that a client goes on with, in a userdata: they come by
 * the thousand, and most become tasks without a table of their own. The Lua
 * thread only. */
#pragma once

#include "compat.h"
#include "engine/message.h"

#pragma GCC visibility push(hidden)

/* rows:unpack(i) -> entry, attempt, task id or nil, model, key or nil, target
 * or nil, accepted_ms or nil, whether there is a result; rows:row(i) -> all of
 * it as a table; rows:watch(i, id, deadline, wants_records), which adds the
 * watch of its task to those of handle:watch_rows; #rows; rows:close(), which
 * forgets them. */
struct lx_lua_rows {
    struct lx_entry_rows *rows;      /* owned; NULL: closed, or not there yet */
    size_t count;                    /* of them */
    struct lx_command *first, *last; /* owned: watches, not submitted yet */
};

/* Make the metatable. */
void lx_lua_rows_open(lua_State *L);

/* Push one without rows. */
struct lx_lua_rows *lx_lua_new_rows(lua_State *L);

/* The one at `index`; raises for anything else. */
struct lx_lua_rows *lx_lua_check_rows(lua_State *L, int index);

#pragma GCC visibility pop
