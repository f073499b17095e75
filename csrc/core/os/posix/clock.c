/* clock.c: see clock.h. */
#include "os/clock.h"

#ifndef _WIN32

#include <time.h>

int64_t lx_now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t lx_now_ms(void)
{
    return lx_now_us() / 1000;
}

/* Where there is no such clock, the other one counts sleep. */
int64_t lx_boot_ms(void)
{
#ifdef CLOCK_BOOTTIME
    struct timespec now;

    if (clock_gettime(CLOCK_BOOTTIME, &now) == 0)
        return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
#endif
    return lx_now_ms();
}

void lx_sleep_ms(int ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * 1000000L};

    nanosleep(&time, NULL);
}

int64_t lx_unix_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#endif
