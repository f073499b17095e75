/* What lx_process_pin has pinned outlives its last dlclose. */
#include "os/process.h"

#include "../check.h"

#include <dlfcn.h>
#include <link.h>

/* A part of the C library that no other library needs. */
static const char library[] = "libthread_db.so.1";

static bool is_loaded(void)
{
    void *handle = dlopen(library, RTLD_LAZY | RTLD_NOLOAD);

    if (handle)
        dlclose(handle);
    return handle != NULL;
}

static bool stays_when_closed(bool is_pinned)
{
    void *handle = dlopen(library, RTLD_LAZY);
    struct link_map *map = NULL;

    CHECK(handle != NULL);
    CHECK(dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0);
    if (is_pinned)
        lx_process_pin(map->l_ld);
    dlclose(handle);
    return is_loaded();
}

static int own;

int main(void)
{
    check_row = "a library";
    CHECK(!stays_when_closed(false));
    CHECK(stays_when_closed(true));
    check_row = "the program, and nothing";
    lx_process_pin(&own);
    lx_process_pin(NULL);
    return check_report("module");
}
