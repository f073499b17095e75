/* question_lua.h: the table of handle:ask to a question, and its answer to Lua
 * values. The Lua thread only. */
#pragma once

#include "compat.h"
#include "engine/question.h"

#pragma GCC visibility push(hidden)

/* Read the table at the absolute `index`: {verb =, entry =, key =, batch =,
 * model =, task_id =, states = list of words, since = (ms), before = (ms),
 * after_id =, limit =, text =}; all but verb may be nil. The caller owns the
 * result. Raises, with nothing leaked, when a field is out of range. */
struct lx_question *lx_lua_read_question(lua_State *L, int index);

/* Push the value of a JSON text: tables, texts, numbers, booleans; null is nil.
 * Pushes nil where it is none. */
void lx_lua_push_json(lua_State *L, const char *text, size_t length);

#pragma GCC visibility pop
