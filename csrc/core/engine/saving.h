/* saving.h: how a download stands with the journal: which file of which entry
 * it is. Data; I/O thread only. */
#pragma once

#include "download/file_check.h"
#include "download/order.h"

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_io;

struct lx_saving {
    struct lx_io *io;
    int64_t entry;
    uint64_t place;              /* one number for each target, not 0 */
    int number, count;           /* of the file, from 1; of all of them */
    bool is_by_hand;             /* waits for nobody, and needs no journal */
    bool is_tracked;             /* the entry is this client's to save */
    bool is_taken;               /* it is a living client's */
    int64_t attempt, fence;      /* where it is tracked */
    struct lx_file_check *check; /* the disk has it; else NULL */
};

/* Of an order with an entry. NULL: out of memory. */
struct lx_saving *lx_saving_new(struct lx_io *io,
                                const struct lx_download_order *order);

/* Drops the check. NULL is fine. */
void lx_saving_free(struct lx_saving *saving);

#pragma GCC visibility pop
