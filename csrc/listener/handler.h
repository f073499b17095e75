/* handler.h: the part of a listener that decides, a Lua state with the handler
 * module in it. Every function takes the lock and may be called from any
 * thread, but for open and close. Knows no HTTP library.
 *
 * The module has new(host, config, port) -> object, with host.now() and
 * host.wall() in seconds, host.wake(), which lets the poster look again, and
 * where a client gave its mailbox host.post(text) -> whether it took it. The
 * object's functions:
 *   handle(request, made) -> status, headers, body | work
 *       request: {method, target, headers, body, too_large}; the same table in
 *       both calls. made: true the first time; after work (a string for the
 *       worker) the bytes that it made, or false when it failed.
 *   next_post() -> {id, host, port, head, body} | seconds to wait | nil
 *   posted(id, status)   status 0: no answer. Both only where there are posts.
 *   any other            text -> text, for lx_handler_call() */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

struct lx_handler;
struct lx_mailbox_box;

enum { LX_HEADERS_MAX = 64, LX_REPLY_HEADERS_MAX = 16 };

struct lx_header {
    const char *name;
    const char *value;
};

/* One request, as the handler sees it. Borrowed for the call. */
struct lx_ask {
    const char *method;
    const char *target; /* path and query, as they came */
    const struct lx_header *headers;
    int header_count;
    const char *body;
    size_t body_bytes;
    bool is_too_large; /* the body passed the limit and was not kept */
    int *ticket;       /* 0 before; lx_handler_forget() it afterwards */
};

/* What work has made: NULL bytes where it failed. */
struct lx_made {
    const char *bytes;
    size_t length;
};

/* The answer. Either `work` is set (do it, then ask again with what it made),
 * or the rest is. Give it to lx_reply_deinit(). */
struct lx_reply {
    int status;
    char *body; /* owned, from malloc; may be taken by setting it to NULL */
    size_t body_bytes;
    struct lx_header headers[LX_REPLY_HEADERS_MAX]; /* owned strings */
    int header_count;
    char *work; /* owned; may be taken likewise */
    size_t work_bytes;
};

/* A request to send now, or how long to wait. Owned strings: give it to
 * lx_post_deinit(). */
struct lx_post {
    double id;  /* for lx_handler_posted() */
    char *host; /* dotted IPv4; NULL: nothing to send now */
    int port;
    char *head; /* request line and headers, with the blank line */
    char *body;
    size_t body_bytes;
    double wait_seconds; /* when host is NULL; negative: until woken */
};

struct lx_handler_setup {
    const char *path, *cpath;   /* package.path and package.cpath */
    const char *module;         /* the handler */
    const char *config;         /* a text for it */
    int port;                   /* of the listener */
    void (*wake)(void *sender); /* called, with the lock held, by host.wake();
                                   must not call back */
    void *sender;
    const struct lx_mailbox_box *mailbox; /* NULL: none */
};

/* A state with the handler in it, or NULL and `error` filled. */
struct lx_handler *lx_handler_open(const struct lx_handler_setup *setup,
                                   char *error, size_t error_bytes);

/* Close the state. No other thread may be in here any more. NULL is fine. */
void lx_handler_close(struct lx_handler *handler);

/* Answer one request. `made` is NULL the first time. */
void lx_handler_handle(struct lx_handler *handler, const struct lx_ask *ask,
                       const struct lx_made *made, struct lx_reply *reply);

/* Drop what is kept for an ask between its two calls. */
void lx_handler_forget(struct lx_handler *handler, int ticket);

/* See lx_listener_call(). */
char *lx_handler_call(struct lx_handler *handler, const char *name,
                      const char *text, size_t text_bytes, size_t *length,
                      char *error, size_t error_bytes);

/* Whether the handler has posts to send; then these two may be called: the next
 * one, and how it went (the answer's status, 0 without one). */
bool lx_handler_has_posts(struct lx_handler *handler);
void lx_handler_next_post(struct lx_handler *handler, struct lx_post *post);
void lx_handler_posted(struct lx_handler *handler, double id, int status);

void lx_reply_deinit(struct lx_reply *reply);
void lx_post_deinit(struct lx_post *post);

#pragma GCC visibility pop
