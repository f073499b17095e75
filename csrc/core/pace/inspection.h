/* inspection.h: when to look, given how long things take.
 * From a survival curve, the instants at which to ask so that the expected
 * delay of noticing plus a price for each query is least (optimal inspection;
 * Barlow, Hunter and Proschan 1963, Keller 1974). Pure; one thread at a time.
 */
#pragma once

#include "pace/histogram.h"

#include <stdint.h>

#pragma GCC visibility push(hidden)

#define LX_INSPECTION_POINTS 160

/* Candidate instants, dense where ends are likely, and for each the one to
 * ask at next when the task was still running then. */
struct lx_inspection {
    float at[LX_INSPECTION_POINTS]; /* s, rising; at[0] is 0 */
    uint8_t next[LX_INSPECTION_POINTS];
    double price;   /* of one query, in seconds of delay */
    double queries; /* expected for one task under this plan */
};

/* The limits within which a plan is made. */
struct lx_inspection_limits {
    double queries;   /* per task, aimed at */
    double floor;     /* s, the shortest interval */
    double ceiling;   /* s, the longest */
    double price_min; /* s, a query is never held to be cheaper */
};

/* Make the plan. `plan->price` may hold the price of an earlier plan (it
 * settles faster), or 0. 15 to 60 us. */
void lx_inspection_make(struct lx_inspection *plan,
                        const struct lx_survival *belief,
                        const struct lx_timescale *scale,
                        const struct lx_inspection_limits *limits);

/* The age at which to ask a task that was last seen unfinished at `age`, and
 * in *next_interval how long until the query after that one. */
double lx_inspection_next(const struct lx_inspection *plan,
                          const struct lx_inspection_limits *limits, double age,
                          double *next_interval);

#pragma GCC visibility pop
