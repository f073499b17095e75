/* stats.h: what a client counts and has learned. X(field) what it counts */
#pragma once

#include <stdint.h>

#define LX_STATS_MAP(X)                                                        \
    X(requests)       /* sent to the API, of any kind */                       \
    X(creates)        /* createTask requests among them */                     \
    X(queries)        /* recordInfo requests among them */                     \
    X(retries)        /* requests that repeat a failed one */                  \
    X(refused)        /* answers 429 */                                        \
    X(created)        /* tasks that the service accepted */                    \
    X(succeeded)      /* tasks seen to end well */                             \
    X(failed)         /* tasks seen to fail */                                 \
    X(watched)        /* tasks under way now: created, watched or held */      \
    X(in_flight)      /* API requests on their way now */                      \
    X(waiting)        /* API requests that wait for their turn now */          \
    X(downloads)      /* downloads finished well */                            \
    X(bytes)          /* received by API requests, as on the wire */           \
    X(download_bytes) /* of finished downloads */                              \
    X(connections)    /* sockets opened to the API so far */

#define LX_STATS_FIELD(name) uint64_t name;
struct lx_stats {
    LX_STATS_MAP(LX_STATS_FIELD)
};
#undef LX_STATS_FIELD

/* What is known of how long a model takes. */
struct lx_duration {
    char model[96];
    uint64_t count;      /* completions seen */
    double p50_s, p90_s; /* ages by which half, and nine in ten, have ended */
};
