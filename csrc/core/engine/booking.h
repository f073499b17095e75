/* booking.h: how a create on a client with a journal stands with it: what it
 * asks of it, and the entry that it is tied to. Data; I/O thread only. */
#pragma once

#include "engine/wish.h"
#include "journal/entry_copy.h"

#pragma GCC visibility push(hidden)

struct lx_fact;

struct lx_booking {
    struct lx_wish *wish; /* owned; NULL while the journal reads it */
    bool has_key;
    bool is_known; /* the journal has it: planned, or waited for */
    bool has_identity;
    unsigned char identity[LX_IDENTITY_BYTES]; /* worked out once */
    int64_t entry;                             /* 0: none is known */
    int64_t attempt, fence;
    enum lx_entry_state state;    /* as far as this op has brought or seen it */
    bool is_owner;                /* this client is to watch and to save it */
    bool is_provisional;          /* its task's id may have been misread */
    int64_t committed_ms;         /* SENDING: see lx_journal_is_fresh */
    int64_t accepted_ms;          /* Unix time */
    struct lx_fact *outcome;      /* owned: room to record what comes of the
                                     create, made before it is sent */
    struct lx_entry_copy *result; /* owned: recorded, and not told yet */
};

/* Takes the wish. NULL: out of memory, and the wish is freed. */
struct lx_booking *lx_booking_new(struct lx_wish *wish);
void lx_booking_free(struct lx_booking *booking); /* NULL is fine */

#pragma GCC visibility pop
