/* module.c: see process.h. */
#include "os/process.h"

#include <dlfcn.h>

void lx_process_pin(const void *address)
{
    Dl_info info;

    if (dladdr(address, &info) && info.dli_fname)
        dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}
