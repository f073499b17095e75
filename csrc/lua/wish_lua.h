/* wish_lua.h: the table of handle:create for the journal to a wish. The Lua
 * thread only. */
#pragma once

#include "compat.h"
#include "engine/wish.h"

#pragma GCC visibility push(hidden)

/* What is read before it is copied: texts are Lua's, and on the stack. */
struct lx_lua_wish {
    const char *key, *batch, *model, *body, *target, *token;
    const char *names[LX_WISH_BUDGETS_MAX];
    struct lx_wish plain; /* the rest of it */
};

/* Read the table at the absolute `index`: {model =, body =, options = (those of
 * the call: {key =, batch =, save = (the target), priority =, reuse =,
 * retry_failed =, verify =}), token =, price = (thousandths), budgets = list of
 * {name =, limit = (thousandths), daily =}, due = (Unix time in milliseconds),
 * claimed = (an entry's id)}; all but model and body may be nil, and what else
 * is in it does not count. Raises when a field is missing or out of range. The
 * stack has grown. */
void lx_lua_read_wish(lua_State *L, int index, struct lx_lua_wish *given);

/* The caller owns it; NULL when out of memory. Does not raise. */
struct lx_wish *lx_lua_copy_wish(const struct lx_lua_wish *given);

#pragma GCC visibility pop
