/* record.h: a recordInfo answer as the binding hands it to Lua. Pure but for
 * memory; any thread. */
#pragma once

#include "api/envelope.h"
#include "api/result.h"

#include <stdint.h>

#pragma GCC visibility push(hidden)

/* Heap, one block; one owner. Texts end with a NUL. */
struct lx_record {
    char *body; /* the answer's text, owned */
    size_t body_length;
    char *task_id; /* each text is NULL when absent, null or "" */
    char *model;
    char *state;
    char *fail_code;   /* a number as its text */
    char *fail_msg;    /* an array or object as its JSON text */
    char *result_text; /* resultJson as it came, when it had no URLs */
    char **urls;
    size_t *url_lengths;
    size_t url_count;
    enum lx_state_class state_class;
    bool is_mended;           /* `body` or the result was no strict JSON */
    bool result_is_malformed; /* resultJson was there and is not JSON */
    bool has_result_object;   /* a text result: success without URLs */
    int64_t created_ms, updated_ms, completed_ms; /* -1 unknown */
    double credits, progress; /* -1 unknown; progress also from "45%" */
};

/* Build a record from `data`, a span of body[0..length), strict JSON that was
 * mended or not; without data it has its body alone. The body is copied. URLs
 * are looked for in resultJson: under resultUrls, or else under other names, as
 * a text, in lists, in objects with a url, as JSON inside strings. Returns NULL
 * when out of memory. Free with lx_record_free. */
struct lx_record *lx_record_new(struct lx_json data, const char *body,
                                size_t length, bool is_mended);
void lx_record_free(struct lx_record *record); /* NULL is fine */

/* Whether a task that succeeded gave something: URLs, or a text. */
bool lx_record_has_result(const struct lx_record *record);

#pragma GCC visibility pop
