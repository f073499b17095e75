/* module.c: see process.h. */
#include "os/process.h"

#ifdef _WIN32

#include <windows.h>

void lx_process_pin(const void *address)
{
    HMODULE module;

    (void)GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN |
                                 GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                             (LPCWSTR)address, &module);
}

#endif
