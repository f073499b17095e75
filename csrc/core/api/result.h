/* result.h: what a task's resultJson holds, in the shapes in which services
 * send it. Pure but for memory; any thread. */
#pragma once

#include "json/json.h"

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

#define LX_RESULT_URLS_MAX  256
#define LX_RESULT_DEPTH_MAX 3 /* JSON inside strings, at most */

struct lx_result {
    struct lx_json urls[LX_RESULT_URLS_MAX]; /* strings in `texts` or in the
                                                answer */
    size_t url_count;
    const char *text; /* resultJson as it came, decoded; NULL when there is
                         none */
    size_t text_length;
    bool is_mended;    /* it was no strict JSON */
    bool is_malformed; /* nor could it be mended */
    bool has_object;   /* resultObject is set: a text result */
    char *texts[2 * LX_RESULT_DEPTH_MAX]; /* owned: decoded, and mended */
    int text_count;
    int depth;
};

/* Read the member resultJson of `data`, and what `data` itself names where that
 * holds no URL. `result` is all zero before. False when out of memory; deinit
 * is right in both cases. */
bool lx_result_read(struct lx_json value, struct lx_json data,
                    struct lx_result *result);
void lx_result_deinit(struct lx_result *result);

#pragma GCC visibility pop
