/* op_request.h: a request to the journal that an op waits for, embedded in the
 * rest of it. It outlives the op: the journal gives it back in every case.
 * Data; I/O thread only. */
#pragma once

#include "journal/journal.h"

struct lx_op;

struct lx_op_request {
    struct lx_journal_request base; /* first */
    struct lx_op *op;               /* NULL: it has ended meanwhile, or none
                                       waits */
};
