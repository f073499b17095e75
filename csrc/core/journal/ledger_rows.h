/* ledger_rows.h: entries that are claimed by the page, as rows. On the journal
 * thread, in the group in which they were read. */
#pragma once

#include "journal/entry_copy.h"
#include "journal/entry_rows.h"

#pragma GCC visibility push(hidden)

/* Of the rows behind the first `from`, drop those whose owner is alive. */
enum lx_store_status lx_ledger_drop_living(struct lx_ledger *ledger,
                                           struct lx_entry_rows *rows,
                                           size_t from);

/* Claim those; what was left in the middle of sending becomes unknown. */
enum lx_store_status lx_ledger_claim_rows(struct lx_ledger *ledger,
                                          struct lx_entry_rows *rows,
                                          size_t from, int64_t now_ms);

#pragma GCC visibility pop
