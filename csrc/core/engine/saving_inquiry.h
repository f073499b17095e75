/* saving_inquiry.h: what a download of an entry's file asks of the journal.
 * Made and freed on the I/O thread, the journal thread's in between. */
#pragma once

#include "engine/op_request.h"
#include "journal/entry_files.h"
#include "journal/ledger.h"

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_io;

/* May a file be begun, or saved? */
struct lx_saving_inquiry {
    struct lx_op_request request; /* first */
    struct lx_io *io;
    int64_t entry, fence;
    int number;
    bool is_anew;  /* what an earlier owner left was looked at */
    char *task_id; /* owned: whose result it is */
    char *part;    /* owned */
    char *stem;    /* owned: what its name begins with, before it has one */
    struct lx_entry_files file; /* MAY_SAVE: the one */

    /* The answer. */
    bool is_tracked;
    bool is_taken; /* a living client saves it */
    bool is_early; /* the journal does not know that there is a result */
    int64_t attempt;
    struct lx_entry_files known;      /* MAY_BEGIN */
    const struct lx_entry_file *left; /* of `known`: by an earlier owner */
};

void lx_saving_inquiry_free(struct lx_saving_inquiry *inquiry);

/* ---- on the journal thread ---- */

/* May it be begun: claims the entry where it is nobody's, and writes the part's
 * name down unless an earlier owner's is to be looked at. */
enum lx_store_status lx_saving_run_begin(struct lx_journal_request *request,
                                         struct lx_ledger *ledger);

/* May it get its name: the entry is still this client's, and the file is
 * written down. STALE: it is not. */
enum lx_store_status lx_saving_run_save(struct lx_journal_request *request,
                                        struct lx_ledger *ledger);

#pragma GCC visibility pop
