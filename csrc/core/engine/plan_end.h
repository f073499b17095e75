/* plan_end.h: what follows from the journal's answer to a create. I/O thread
 * only, but for what the journal thread fills in. */
#pragma once

#include "engine/booking.h"
#include "engine/io.h"
#include "engine/op_request.h"
#include "journal/entry_files.h"
#include "journal/ledger.h"

#pragma GCC visibility push(hidden)

/* A plan on its way to the journal and back. */
struct lx_plan_request {
    struct lx_op_request request; /* first */
    struct lx_io *io;
    struct lx_wish *wish; /* owned */
    bool sends_now;       /* the turn to send is there */
    bool has_key;
    bool is_known; /* see lx_plan */
    bool has_identity;
    unsigned char identity[LX_IDENTITY_BYTES];

    /* The answer. */
    enum lx_plan_end end;
    struct lx_entry_copy *copy;  /* owned; NULL: none */
    struct lx_entry_files files; /* owned: of one that is saved */
    bool is_owner;               /* this client is */
    int64_t owner;               /* this client, then */
    bool is_copy;                /* the journal, and nobody has adopted it */
    size_t over;                 /* OVER: which of the wish's budgets */
    int64_t used_mc;             /* and what is used of it */
};

/* Carry it out; the op may be gone after. */
void lx_io_plan_ended(struct lx_io *io, struct lx_op *op,
                      struct lx_plan_request *plan);

/* The op has ended meanwhile: what was begun for it is left. */
void lx_io_plan_abandoned(struct lx_io *io, const struct lx_plan_request *plan);

#pragma GCC visibility pop
