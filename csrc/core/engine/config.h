/* config.h: what a client was opened with. Built and checked before the I/O
 * thread starts, read-only after: any thread may read. */
#pragma once

#include "http/http_config.h"
#include "journal/store.h"
#include "pace/backoff.h"
#include "pace/cadence.h"

#include <stdbool.h>

#pragma GCC visibility push(hidden)

struct lx_config {
    struct lx_http_config http;
    char *durations; /* owned: what was learned before, JSON; or NULL */
    double max_requests_per_second; /* 0: no limit */
    struct lx_backoff_policy retry;
    struct lx_cadence cadence;
    bool wants_log;
    const struct lx_store_api *store; /* of the journal; NULL: there is none.
                                         In a module that stays in memory */
    char *place;                      /* owned: what the store is to open */
    char *origin; /* owned: of the base URL, as entries and budgets of the
                     journal have it; NULL without a journal */
};

/* Free all texts of `config`, not the struct itself. */
void lx_config_deinit(struct lx_config *config);

#pragma GCC visibility pop
