/* process.c: what is the same on every system; see process.h. */
#include "os/process.h"

#include "os/clock.h"

uint64_t lx_process_seed(void)
{
    uint64_t seed;

    if (!lx_process_secret(&seed, sizeof seed))
        seed = (uint64_t)lx_now_us() ^ ((uint64_t)lx_process_id() << 32) ^
               (uint64_t)(uintptr_t)&seed;
    return seed;
}
