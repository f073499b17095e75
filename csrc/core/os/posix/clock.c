/* clock.c: see clock.h. */
#include "os/clock.h"

#ifndef _WIN32

#include <time.h>

/* The one that stands still while the machine sleeps, and the one that goes on:
 * clock_gettime(2) of Linux, clock_gettime(3) of macOS. Others have one. */
#if defined(__APPLE__)
#define STEADY_CLOCK CLOCK_UPTIME_RAW
#define BOOT_CLOCK   CLOCK_MONOTONIC
#elif defined(CLOCK_BOOTTIME)
#define STEADY_CLOCK CLOCK_MONOTONIC
#define BOOT_CLOCK   CLOCK_BOOTTIME
#else
#define STEADY_CLOCK CLOCK_MONOTONIC
#define BOOT_CLOCK   CLOCK_MONOTONIC
#endif

int64_t lx_now_us(void)
{
    struct timespec now;

    clock_gettime(STEADY_CLOCK, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t lx_now_ms(void)
{
    return lx_now_us() / 1000;
}

int64_t lx_boot_ms(void)
{
    struct timespec now;

    if (clock_gettime(BOOT_CLOCK, &now) != 0)
        return lx_now_ms(); /* an old kernel */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
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
