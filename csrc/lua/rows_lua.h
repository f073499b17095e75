/* rows_lua.h: entries that a client goes on with, as a list of tables. */
#pragma once

#include "compat.h"
#include "journal/entry_rows.h"

#pragma GCC visibility push(hidden)

/* Push it: {{id =, priority =, state =, attempt =, key =, batch =, model =,
 * target =, task_id =, body =, urls =, charged =, accepted_ms =, ended_ms =}},
 * where nil is what is not known. */
void lx_lua_push_rows(lua_State *L, const struct lx_entry_rows *rows);

#pragma GCC visibility pop
