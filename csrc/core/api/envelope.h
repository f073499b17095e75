/* envelope.h: the shapes in which the service answers (protocol notes: success
 * {code,msg,data}, platform {error:{...}}, {success,message}, and what is not
 * JSON at all). Pure: no I/O, no allocation. */
#pragma once

#include "api/task_state.h"
#include "json/json.h"

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

enum lx_shape {
    LX_SHAPE_EMPTY,    /* no body */
    LX_SHAPE_API,      /* an object with code, msg/message or data */
    LX_SHAPE_PLATFORM, /* an object with error:{message,type,code} */
    LX_SHAPE_HTML,     /* a page */
    LX_SHAPE_JSON,     /* JSON, but none of the above */
    LX_SHAPE_NOT_JSON  /* garbage or cut off */
};

/* What an answer's body says. Spans point into the body. */
struct lx_envelope {
    enum lx_shape shape;
    struct lx_json root;       /* all of it, NONE when it is not JSON */
    int code;                  /* `code` as a number, 0 when absent or a word */
    bool is_error;             /* the body itself reports an error */
    struct lx_json code_value; /* `code` or `error.code` as it stands, NONE
                                  when absent, null or "" */
    struct lx_json message;    /* msg, message or error.message (a string) */
    struct lx_json data;       /* the data object, NONE when null or absent */
    struct lx_json state;      /* the member `state` of it, as it stands */
};

/* Read body[0..length). Never fails: what cannot be read has a shape too.
 * `code` 2xx, 200.0, "200", "success" and 0/absent with data are no error;
 * any other code is, and so are `success` false and an `error` that is set. */
void lx_envelope_parse(const char *body, size_t length,
                       struct lx_envelope *envelope);

/* Copy the answer's words for people: the message, or else the first 200
 * characters of the body without tags and control characters; "" for JSON
 * without a message, whole or cut off, as that may echo a prompt or a callback
 * URL. Parts that look like an API key ("sk-...", "Bearer ...") and URLs'
 * queries are masked. At most 1 KB. */
void lx_envelope_text(const struct lx_envelope *envelope, const char *body,
                      size_t length, char *out, size_t capacity);

/* Whether the body is JSON, or was meant to be: its words stand in its message.
 */
bool lx_envelope_is_data(const char *body, size_t length);

/* The id in "... (request id: <id>)", as new-api appends it; "" when none. */
void lx_envelope_request_id(const struct lx_envelope *envelope, char *out,
                            size_t capacity);

/* What a record's member `state` says. The word is decoded, trimmed and, where
 * it is longer, cut into word[0..LX_STATE_WORD_MAX), NUL included; "" when
 * missing or no string (then UNRECOGNISED). */
#define LX_STATE_WORD_MAX 32
enum lx_state_class lx_envelope_state(struct lx_json state, char *word);

#pragma GCC visibility pop
