/* task_id.h: the id of a task, where an answer to a create or a callback names
 * one. Pure; any thread. */
#pragma once

#include "json/json.h"

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

#define LX_TASK_ID_MAX 256

/* The id that the object `root` names, into out[0..LX_TASK_ID_MAX]; its length,
 * 0 and "" when there is none. It stands as taskId or task_id in the object or
 * in its `data`, be that an object or its JSON text, a string or an integer
 * above 0; else, with `takes_bare`, it is `data` itself, when that is a string
 * of at least 8 characters with a digit and no white space. Two that differ are
 * none, and so is one that is too long, blank, or holds a control character or
 * U+FFFD, the trace of what could not be read. */
size_t lx_task_id_find(struct lx_json root, bool takes_bare, char *out);

/* The same wherever it stands in `root`, but for what a service repeats of a
 * request: param, params, input, request. */
size_t lx_task_id_search(struct lx_json root, char *out);

/* The same in a text that is no JSON, not even nearly: there it stands as a
 * finished string or number behind one of the names in quotes. One that is not
 * finished makes it ambiguous. */
size_t lx_task_id_scan(const char *text, size_t length, char *out);

/* Whether text[0..length), which came behind `root` and is no part of it, may
 * name another task than `id`. */
bool lx_task_id_differs(const char *text, size_t length, const char *id);

#pragma GCC visibility pop
