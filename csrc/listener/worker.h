/* worker.h: a thread for what takes long (painting), so that it holds up no
 * request. It has a Lua state of its own: the module gives a function
 * (text, is_stopping) -> bytes, or nil where that cannot be made; is_stopping()
 * says when to give up early. The thread and its state begin with the first
 * work. Knows no HTTP. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_worker;

/* One piece of work. Owned by whoever made it (the request); the worker borrows
 * it between push and `done`. */
struct lx_work {
    char *text; /* owned, from malloc */
    size_t text_bytes;
    char *bytes; /* owned, from malloc: what was made; NULL: it failed */
    size_t length;
    void (*done)(struct lx_work *work); /* on the worker's thread */
    void *context;                      /* for done */
    struct lx_work *next;               /* guarded by who was given it */
    uint64_t ticket;                    /* the desk's, see desk.h */
    int64_t due_ms;                     /* the desk's, too */
};

/* Texts are borrowed for the worker's life. NULL when out of memory. */
struct lx_worker *lx_worker_new(const char *path, const char *cpath,
                                const char *module);

/* Queue `work`. False after lx_worker_stop(), and where no thread can be
 * started: then done is not called. */
bool lx_worker_push(struct lx_worker *worker, struct lx_work *work);

/* Abandon what is being made, call `done` on all that waits, join the thread.
 * Pushing stays allowed (and returns false). Twice is fine. */
void lx_worker_stop(struct lx_worker *worker);

/* Release a stopped worker. NULL is fine. */
void lx_worker_free(struct lx_worker *worker);

#pragma GCC visibility pop
