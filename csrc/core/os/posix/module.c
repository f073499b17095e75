/* module.c: see process.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* dladdr; a build without our flags has none */
#endif
#include "os/process.h"

#ifndef _WIN32

#include <dlfcn.h>

/* By dlopen(3) of Linux and of macOS, RTLD_NOLOAD opens what is there already,
 * and RTLD_NODELETE keeps it for good. */
void lx_process_pin(const void *address)
{
    Dl_info info;

    if (dladdr(address, &info) && info.dli_fname)
        dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}

#endif
