/* process.c: see process.h. */
#include "os/process.h"

#ifdef _WIN32

#include <windows.h>

#include <bcrypt.h>
#include <stdint.h>

int64_t lx_process_id(void)
{
    return (int64_t)GetCurrentProcessId();
}

static BOOL CALLBACK run_init(PINIT_ONCE once, PVOID argument, PVOID *context)
{
    void (*const *init)(void) = argument;

    (void)once;
    (void)context;
    (*init)();
    return TRUE;
}

void lx_process_init_once(void (*init)(void))
{
    static INIT_ONCE once = INIT_ONCE_STATIC_INIT;

    InitOnceExecuteOnce(&once, run_init, &init, NULL);
}

/* Nothing forks. */
bool lx_process_on_fork(void (*run)(void))
{
    (void)run;
    return true;
}

/* Windows ends all other threads before it tears down a library, so no thread
 * is left to be stopped, and a lock that one of them held stays locked. */
bool lx_process_on_exit(void (*run)(void))
{
    (void)run;
    return true;
}

bool lx_process_secret(void *out, size_t length)
{
    return length <= UINT32_MAX &&
           BCryptGenRandom(NULL, out, (ULONG)length,
                           BCRYPT_USE_SYSTEM_PREFERRED_RNG) == 0;
}

void lx_machine_id(char *out, size_t capacity)
{
    DWORD length = (DWORD)capacity;

    if (!GetComputerNameA(out, &length))
        *out = '\0';
}

#endif
