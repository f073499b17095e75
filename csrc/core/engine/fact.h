/* fact.h: something that has happened to an entry of the journal, or that is
 * decided about it, on its way there; io_fact.h sees that it arrives, in the
 * order in which it was submitted. Data; I/O thread only. */
#pragma once

#include "api/task_id.h"
#include "engine/op_request.h"
#include "journal/entry_files.h"
#include "journal/ledger.h"

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_io;
struct lx_fact;

/* It is written, or the journal has another answer, or it could not be written
 * and will be tried again: see fact->request.base.error. The op is NULL when it
 * has ended meanwhile. */
typedef void lx_fact_listener(struct lx_io *io, struct lx_op *op,
                              struct lx_fact *fact);

struct lx_fact {
    struct lx_op_request request; /* first */
    struct lx_io *io;
    struct lx_fact *next;   /* while it waits to be tried again */
    struct lx_fact *behind; /* the same entry's, submitted later */
    int64_t entry;
    enum lx_entry_event event;
    int64_t seen;         /* see lx_entry_step */
    bool is_decision;     /* tried once, in the intents' rank */
    bool may_wait;        /* for others to be committed with */
    bool is_confirmation; /* of a SEND: has no event */
    bool keeps_plan; /* SEND: the entry has a key, so it may be sent later */
    int failures;    /* in a row */
    int64_t due_ms;  /* of the io's clock: when it is tried again */
    lx_fact_listener *on_end; /* called once; or NULL */
    struct lx_entry after;    /* then: without its texts */

    /* What goes with it. */
    struct lx_entry_news news; /* its texts are these, or static: */
    char task_id[LX_TASK_ID_MAX + 1];
    unsigned char token_hash[LX_TOKEN_HASH_BYTES];
    char *urls;                  /* owned */
    char *error;                 /* owned */
    struct lx_entry_files files; /* owned: SAVE */
};

/* Without event and news; NULL: out of memory. */
struct lx_fact *lx_fact_new(void);
void lx_fact_free(struct lx_fact *fact); /* NULL is fine */

#pragma GCC visibility pop
