/* status.h: the closed list of error kinds, and the error that crosses layers.
 * Every other file of the core may include this one; it includes text.h alone.
 */
#pragma once

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* X(enum suffix, the word that Lua programs see in err.kind) */
#define LX_KIND_MAP(X)                                                         \
    X(NONE, "none")                                                            \
    X(INVALID_REQUEST, "invalid_request")                                      \
    X(AUTH, "auth")                                                            \
    X(QUOTA, "quota")                                                          \
    X(FORBIDDEN, "forbidden")                                                  \
    X(TOO_LARGE, "too_large")                                                  \
    X(REJECTED, "rejected")                                                    \
    X(NOT_FOUND, "not_found")                                                  \
    X(RATE_LIMITED, "rate_limited")                                            \
    X(SERVER, "server")                                                        \
    X(NETWORK, "network")                                                      \
    X(TIMEOUT, "timeout")                                                      \
    X(BAD_RESPONSE, "bad_response")                                            \
    X(MEMORY, "memory")                                                        \
    X(OUTCOME_UNKNOWN, "outcome_unknown")                                      \
    X(TASK_FAILED, "task_failed")                                              \
    X(RESULT_MISSING, "result_missing")                                        \
    X(DEADLINE, "deadline")                                                    \
    X(CANCELLED, "cancelled")                                                  \
    X(CLOSED, "closed")                                                        \
    X(FORKED, "forked")                                                        \
    X(EXPIRED, "expired")                                                      \
    X(DOWNLOAD, "download")                                                    \
    X(FILE, "file")                                                            \
    X(BUDGET, "budget")                                                        \
    X(JOURNAL, "journal")

#define LX_KIND_ENUM(suffix, word) LX_KIND_##suffix,
enum lx_kind { LX_KIND_MAP(LX_KIND_ENUM) LX_KIND_COUNT };
#undef LX_KIND_ENUM

/* How far an exchange had come when it failed. */
#define LX_STAGE_MAP(X)                                                        \
    X(NONE, "none")                                                            \
    X(RESOLVE, "resolve")                                                      \
    X(CONNECT, "connect")                                                      \
    X(TLS, "tls")                                                              \
    X(SEND, "send")                                                            \
    X(RECEIVE, "receive")

#define LX_STAGE_ENUM(suffix, word) LX_STAGE_##suffix,
enum lx_stage { LX_STAGE_MAP(LX_STAGE_ENUM) LX_STAGE_COUNT };
#undef LX_STAGE_ENUM

/* What is known about the user's money after an error. */
enum lx_charged {
    LX_CHARGED_NO,    /* nothing was made */
    LX_CHARGED_MAYBE, /* a task may exist, or exists at an unknown cost */
    LX_CHARGED_YES    /* the service reported success */
};

/* Fixed size, so that an error can be recorded when memory has run out.
 * Texts are UTF-8, NUL-terminated, cut at a character border; "" is unknown.
 * They hold no key, prompt or callback URL. */
struct lx_error {
    enum lx_kind kind;
    enum lx_stage stage;
    enum lx_charged charged;
    bool retryable;         /* same call again, no risk of paying twice */
    int http_status;        /* 0: no answer */
    int attempts;           /* requests sent for this operation, 0 unknown */
    int64_t retry_after_ms; /* what the server asked for, -1: nothing */
    char api_code[64];      /* `code` of the answer, as text */
    char request_id[96];    /* X-Oneapi-Request-Id or from the message */
    char fail_code[64];     /* failCode of a failed task */
    char message[400];      /* for people: what happened and what to do */
};

/* The word for a kind or stage; any thread; never NULL; static storage. */
const char *lx_kind_name(enum lx_kind kind);
const char *lx_stage_name(enum lx_stage stage);
const char *lx_charged_name(enum lx_charged charged);

/* Clear `error`, then set kind and the printf-style message.
 * `error` may be NULL: nothing happens then. */
void lx_error_set(struct lx_error *error, enum lx_kind kind, const char *format,
                  ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

#pragma GCC visibility pop
