/* fleet.h: the other clients that use an account: how many live, so that each
 * takes its share of what the service allows, and what pauses they ask for. On
 * the journal thread. */
#pragma once

#include "journal/store.h"

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_fleet_look {
    int64_t due_ms;               /* lx_now_ms(); 0: at once */
    int64_t looked_ms;            /* when that was last */
    struct lx_store_fleet latest; /* as of then */
};

/* Others have committed: look soon. */
void lx_fleet_changed(struct lx_fleet_look *look);

/* Look, when it is time to: true when something is new in look->latest. */
bool lx_fleet_look(struct lx_fleet_look *look, const struct lx_store_api *api,
                   struct lx_store *store, const char *account);

#pragma GCC visibility pop
