/* own_folder.h: a folder of the test's own to work in, on every system. Include
 * it after check.h. */
#pragma once

#include <stdio.h>
#include <stdlib.h>

#ifdef _WIN32
#include <direct.h>
#include <process.h>
#define chdir         _chdir
#define remove_folder _rmdir
#else
#include <sys/stat.h>
#include <unistd.h>
#define remove_folder rmdir
#endif

#define OWN_FOLDER_BYTES 200

static inline void enter_own_folder(char folder[OWN_FOLDER_BYTES])
{
#ifdef _WIN32
    snprintf(folder, OWN_FOLDER_BYTES, "%s\\lx-test-%d", getenv("TEMP"),
             _getpid());
    CHECK_EQ(_mkdir(folder), 0);
#else
    const char *base = getenv("TMPDIR");

    snprintf(folder, OWN_FOLDER_BYTES, "%s/lx-test-XXXXXX",
             base ? base : P_tmpdir);
    CHECK(mkdtemp(folder) != NULL);
#endif
    CHECK_EQ(chdir(folder), 0);
}

/* 0 when nothing was left in it. */
static inline int leave_own_folder(const char *folder)
{
    return chdir("/") + remove_folder(folder);
}
