/* gather.h: how long requests wait for others, pure. A commit costs its syncs,
 * whatever is in it: while several requests come at a time, as many gather as
 * usual. Nobody who has one at a time waits. */
#pragma once

#include <stdint.h>

#pragma GCC visibility push(hidden)

/* The longest wait; that of what has happened, as the id of a paid task, which
 * a kill would make unknown. */
#define LX_GATHER_MS      20
#define LX_GATHER_FACT_MS 5

/* Zeroed at first. Times are lx_now_ms(). */
struct lx_gather {
    int waiting;      /* requests that somebody waits for */
    int last;         /* how many went together, the last time */
    int usual;        /* how many did at least, the last two times */
    int64_t busy_ms;  /* until then several come at a time */
    int64_t limit_ms; /* when one of `waiting` has waited enough */
};

/* One more waits, that long at most. */
void lx_gather_add(struct lx_gather *gather, int64_t now_ms, int64_t most_ms);

/* A group of `count` of them begins; 0: of what nobody waits for. */
void lx_gather_take(struct lx_gather *gather, int count, int64_t now_ms);

/* When the next group is to begin, unless more are added; not later than
 * `now_ms`: at once. */
int64_t lx_gather_until(const struct lx_gather *gather, int64_t now_ms);

#pragma GCC visibility pop
