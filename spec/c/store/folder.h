/* folder.h: a folder of the test's own, the current one, and how to leave it.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dirent.h>

#include "../check.h"

static char test_folder[200];

static inline void enter_folder(void)
{
    const char *base = getenv("TMPDIR");

    snprintf(test_folder, sizeof test_folder, "%s/lx-store-XXXXXX",
             base ? base : P_tmpdir);
    CHECK(mkdtemp(test_folder) != NULL);
    CHECK_EQ(chdir(test_folder), 0);
}

/* The names in the current folder that hold `part`. */
static inline int count_names(const char *part)
{
    DIR *folder = opendir(".");
    struct dirent *name;
    int count = 0;

    while (folder && (name = readdir(folder)))
        count += strstr(name->d_name, part) != NULL && name->d_name[0] != '.';
    if (folder)
        closedir(folder);
    return count;
}

static inline void leave_folder(void)
{
    DIR *folder = opendir(".");
    struct dirent *name;

    while (folder && (name = readdir(folder)))
        if (name->d_name[0] != '.')
            unlink(name->d_name);
    if (folder)
        closedir(folder);
    check_row = "the end";
    CHECK_EQ(chdir("/") + rmdir(test_folder), 0);
}
