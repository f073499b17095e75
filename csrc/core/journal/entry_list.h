/* entry_list.h: some entries of a store, copied: a walk makes no other call. */
#pragma once

#include "journal/entry_copy.h"

#pragma GCC visibility push(hidden)

struct lx_entry_list {
    struct lx_entry_copy **copies; /* each is owned, or NULL: given away */
    int count;
};

/* Up to query->limit (at least 1) entries. *list is empty after any status but
 * OK. */
enum lx_store_status lx_entry_list_read(struct lx_entry_list *list,
                                        struct lx_ledger *ledger,
                                        const struct lx_store_query *query);

void lx_entry_list_deinit(struct lx_entry_list *list);

#pragma GCC visibility pop
