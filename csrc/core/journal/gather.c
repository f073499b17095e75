/* gather.c: see gather.h. */
#include "journal/gather.h"

/* How long after a group of several others are expected to come. */
#define BUSY_MS 100

void lx_gather_add(struct lx_gather *gather, int64_t now_ms, int64_t most_ms)
{
    if (gather->waiting++ == 0 || gather->limit_ms > now_ms + most_ms)
        gather->limit_ms = now_ms + most_ms;
}

void lx_gather_take(struct lx_gather *gather, int count, int64_t now_ms)
{
    gather->waiting -= count;
    if (count == 0)
        return;
    gather->usual = count < gather->last ? count : gather->last;
    gather->last = count;
    if (count > 1)
        gather->busy_ms = now_ms + BUSY_MS;
}

int64_t lx_gather_until(const struct lx_gather *gather, int64_t now_ms)
{
    if (gather->waiting >= gather->usual)
        return now_ms;
    return gather->busy_ms < gather->limit_ms ? gather->busy_ms
                                              : gather->limit_ms;
}
