/* schedule_rig.h: what the tests of the schedule share. */
#pragma once

#include "../check.h"
#include "pace/schedule.h"

#include <math.h>
#include <stdint.h>

static inline double next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 11) * 0x1p-53;
}

static inline int near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance)) {
        printf("    got %g, want %g +- %g\n", got, want, tolerance);
        return 0;
    }
    return 1;
}

/* Watch one task of `duration` to its end; its lag. */
static inline double run_task(struct lx_schedule *schedule, uint16_t model,
                              double duration, uint64_t *rng, int *queries)
{
    struct lx_schedule_entry entry;
    double age = 0;
    lx_schedule_join(schedule, &entry, model);
    for (;;) {
        age += lx_schedule_next(schedule, &entry, age, next_random(rng));
        if (age >= duration)
            break;
        lx_schedule_pending(schedule, &entry, age);
    }
    lx_schedule_ended(schedule, &entry, age, -1);
    *queries += entry.queries;
    return age - duration;
}

static inline void run_tasks(struct lx_schedule *schedule, const char *name,
                             double low, double high, int count)
{
    uint64_t rng = 5;
    int queries = 0;
    uint16_t model = lx_schedule_model(schedule, name);
    for (int i = 0; i < count; i++) {
        double duration = low + (high - low) * next_random(&rng);
        run_task(schedule, model, duration, &rng, &queries);
    }
}
