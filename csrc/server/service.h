/* service.h: the part of the sandbox that thinks: a Lua state of its own that
 * runs lua/liangxin/sandbox/service.lua. Protocol, tasks, checks and faults are
 * there; this is the door to it. Knows no HTTP library and no gd. Every
 * function takes the lock itself and may be called from any thread. */
#pragma once

#include "order.h"

#include <stdbool.h>
#include <stddef.h>

struct lx_service;

enum { LX_HEADERS_MAX = 64 };

struct lx_header {
    const char *name;
    const char *value;
};

/* One request, as the service sees it. Borrowed for the call. */
struct lx_ask {
    const char *method;
    const char *target; /* path and query, as they came */
    const struct lx_header *headers;
    int header_count;
    const char *body;
    size_t body_bytes;
    bool is_too_large; /* the body passed the limit and was not kept */
    int *ticket;       /* 0 before; lx_service_forget() it afterwards */
};

/* The answer. Either `order` is set (paint it, then ask again with the
 * result), or the rest is. Give it to lx_reply_deinit(). */
struct lx_reply {
    int status;
    char *body; /* owned, from malloc; may be taken by setting it to NULL */
    size_t body_bytes;
    struct lx_header headers[16]; /* owned strings */
    int header_count;
    struct lx_order *order; /* owned; may be taken likewise */
};

/* A callback to send now, or how long to wait. Owned strings: give it to
 * lx_post_deinit(). */
struct lx_post {
    double id;  /* for lx_service_posted() */
    char *host; /* dotted IPv4; NULL: nothing to send now */
    int port;
    char *head; /* request line and headers, with the blank line */
    char *body;
    size_t body_bytes;
    double wait_seconds; /* when host is NULL; negative: until woken */
};

struct lx_service_setup {
    const char *path, *cpath;   /* package.path and package.cpath */
    const char *config;         /* JSON, for service.lua */
    int port;                   /* of the listener: part of result URLs */
    void (*wake)(void *sender); /* called, with the lock held, when a callback
                                   became due earlier; must not call back */
    void *sender;
};

/* A state with the service in it, or NULL and `error` filled. */
struct lx_service *lx_service_open(const struct lx_service_setup *setup,
                                   char *error, size_t error_bytes);

/* Close the state. No other thread may be in here any more. NULL is fine. */
void lx_service_close(struct lx_service *service);

/* Answer one request. `painted` is NULL the first time; after an order it is
 * the picture (NULL bytes with `painted_bytes` 0: painting failed). */
void lx_service_handle(struct lx_service *service, const struct lx_ask *ask,
                       const char *painted, size_t painted_bytes,
                       bool is_second_time, struct lx_reply *reply);

/* Drop what is kept for an ask between its order and its picture. */
void lx_service_forget(struct lx_service *service, int ticket);

/* What was received so far, as JSON from malloc (the caller frees it), or
 * NULL when memory is out. */
char *lx_service_report(struct lx_service *service, size_t *length);

/* The next callback to send. */
void lx_service_next_post(struct lx_service *service, struct lx_post *post);

/* Tell how it went: the answer's status, 0 when there was none. */
void lx_service_posted(struct lx_service *service, double id, int status);

void lx_reply_deinit(struct lx_reply *reply);
void lx_post_deinit(struct lx_post *post);
