/* knowledge.h: what is known of one model's durations, and the plan that
 * follows from it. Knows no tasks, names, clock, I/O or threads: ages in
 * seconds. One thread at a time. */
#pragma once

#include "pace/histogram.h"
#include "pace/inspection.h"

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_knowledge {
    struct lx_histogram histogram;
    struct lx_survival belief; /* from the histogram, as of the last refresh */
    struct lx_inspection plan; /* from the belief */
    uint32_t generation;       /* rises when an end moves the plan materially */
    size_t watched;            /* tasks now, counted by the owner */
    uint64_t completions;      /* ever, for statistics */
    double news;  /* observations that the plan does not hold yet */
    double late;  /* evidence that tasks have come to take longer, */
    double early; /* or less long, than is believed: log likelihood ratios */
};

/* The price of a query is set so that a task takes about this many. */
#define LX_KNOWLEDGE_QUERIES 6.0

extern const struct lx_inspection_limits lx_knowledge_limits;

void lx_knowledge_init(struct lx_knowledge *known,
                       const struct lx_timescale *scale);

/* A task of `from` seconds was still running at `to`. */
void lx_knowledge_pending(struct lx_knowledge *known,
                          const struct lx_timescale *scale, double from,
                          double to);

/* A task ended between `from`, where it was seen running, and `to`; exactly
 * at `exact` when that is >= 0. */
void lx_knowledge_ended(struct lx_knowledge *known,
                        const struct lx_timescale *scale, double from,
                        double to, double exact);

/* Start from what an earlier process exported from its histogram. */
void lx_knowledge_restore(struct lx_knowledge *known,
                          const struct lx_timescale *scale,
                          const double ends[LX_HISTOGRAM_BINS],
                          uint64_t completions);

/* Bring the plan up to date when enough has been learned. Called before each
 * use of the plan; nearly always just a comparison. */
void lx_knowledge_refresh(struct lx_knowledge *known,
                          const struct lx_timescale *scale);

#pragma GCC visibility pop
