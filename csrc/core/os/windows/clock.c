/* clock.c: see clock.h. */
#include "os/clock.h"

#ifdef _WIN32

#include <windows.h>

int64_t lx_now_us(void)
{
    LARGE_INTEGER frequency, count;

    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&count);
    int64_t seconds = count.QuadPart / frequency.QuadPart;
    int64_t rest = count.QuadPart % frequency.QuadPart;
    return seconds * 1000000 + rest * 1000000 / frequency.QuadPart;
}

int64_t lx_now_ms(void)
{
    return lx_now_us() / 1000;
}

int64_t lx_boot_ms(void)
{
    return (int64_t)GetTickCount64();
}

void lx_sleep_ms(int ms)
{
    Sleep((DWORD)ms);
}

/* The system counts 100 ns since 1601. */
int64_t lx_unix_ms(void)
{
    FILETIME now;

    GetSystemTimeAsFileTime(&now);
    uint64_t count = (uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime;
    return (int64_t)(count / 10000) - INT64_C(11644473600000);
}

#endif
