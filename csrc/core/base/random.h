/* random.h: a small generator for jitter, not for secrets. Pure; one thread
 * per generator. */
#pragma once

#include <stdint.h>

#pragma GCC visibility push(hidden)

/* Any seed will do, also 0: {.state = seed}. */
struct lx_random {
    uint64_t state;
};

/* Uniform in [0, 1). */
double lx_random_unit(struct lx_random *random);

#pragma GCC visibility pop
