/* random.c: see random.h. splitmix64. */
#include "base/random.h"

double lx_random_unit(struct lx_random *random)
{
    uint64_t x = random->state += 0x9E3779B97F4A7C15u;

    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    x ^= x >> 31;
    return (double)(x >> 11) / 9007199254740992.0;
}
