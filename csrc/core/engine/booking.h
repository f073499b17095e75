/* booking.h: how a create or watch on a client with a journal stands with it:
 * what it asks of it, and the entry that it is tied to. Data; I/O thread only.
 */
#pragma once

#include "download/file_check.h"
#include "engine/wish.h"
#include "journal/entry_copy.h"
#include "journal/entry_files.h"

#pragma GCC visibility push(hidden)

struct lx_fact;
struct lx_io;
struct lx_op;

struct lx_booking {
    struct lx_wish *wish; /* owned; NULL while the journal reads it */
    bool has_key;         /* or was claimed: it stays planned when it is left */
    bool is_known;        /* the journal has it: planned, or waited for */
    bool has_identity;
    unsigned char identity[LX_IDENTITY_BYTES]; /* worked out once */
    int64_t entry;                             /* 0: none is known */
    int64_t attempt, fence;
    enum lx_entry_state state; /* as far as this op has brought or seen it */
    bool is_owner;             /* this client is to watch and to save it */
    bool is_tied;              /* see io_hint.h; */
    struct lx_op *next_tied;   /* another op of the same entry; borrowed */
    bool is_named;             /* by a callback, */
    bool is_over; /* or its end was seen by another op, before it was watched */
    bool is_provisional;         /* its task's id may have been misread */
    int64_t committed_ms;        /* SENDING: see lx_journal_is_fresh */
    int64_t accepted_ms;         /* Unix time */
    struct lx_fact *outcome;     /* owned: room to record what comes of the
                                    create, made before it is sent */
    struct lx_file_check *check; /* the disk has it: of the saved files, or of
                                    the wish's target */
    bool has_checked_target;
    enum lx_file_reason target_reason; /* why nothing can be saved there */
    struct lx_io *io;                  /* for what follows the check: */
    void (*on_there)(struct lx_io *io, struct lx_op *op);
    struct lx_entry_files files;  /* owned: the saved ones, which are there */
    struct lx_entry_copy *result; /* owned: recorded, and not told yet */
};

/* Takes the wish. NULL: out of memory, and the wish is freed. */
struct lx_booking *lx_booking_new(struct lx_wish *wish);

/* Of a task whose entry is known: what comes of it is written there. NULL: out
 * of memory. */
struct lx_booking *lx_booking_of(int64_t entry, int64_t attempt,
                                 int64_t accepted_ms);

/* Since the task was accepted, by this machine's clock; 0: not known. NULL is
 * fine. */
int64_t lx_booking_age_ms(const struct lx_booking *booking);

void lx_booking_free(struct lx_booking *booking); /* NULL is fine */

#pragma GCC visibility pop
