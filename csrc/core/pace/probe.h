/* probe.h: after the service has refused the key to one query, one query tries
 * it while the others pause. Pure: the caller gives the time. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* The key is bad after this many refusals in a row that follow the first. */
#define LX_PROBES 3

struct lx_probe {
    int64_t unit_ms; /* the pauses are 4, 10 and 20 times this */
    int64_t due_ms;  /* no query goes out before */
    int refusals;    /* in a row; 0: no pause */
    uint64_t asker;  /* the operation whose query is under way; 0: none */
};

void lx_probe_init(struct lx_probe *probe, int64_t unit_ms);

/* Whether a query may go out now. Else ask again after *wait_ms (1 or more);
 * -1: when the query under way has its answer. */
bool lx_probe_allows(const struct lx_probe *probe, int64_t now_ms,
                     int64_t *wait_ms);

/* A query of operation `id`, which is not 0, goes out. */
void lx_probe_sent(struct lx_probe *probe, uint64_t id);

/* The key was refused to the query of `id`. True: it is bad, which ends every
 * watch; the next query begins anew. */
bool lx_probe_refused(struct lx_probe *probe, uint64_t id, int64_t now_ms);

/* An answer accepted the key: the pause is over. */
void lx_probe_accepted(struct lx_probe *probe);

/* The query of `id` ended in another way, which says nothing of the key. */
void lx_probe_lost(struct lx_probe *probe, uint64_t id, int64_t now_ms);

#pragma GCC visibility pop
