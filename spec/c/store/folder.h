/* folder.h: a folder of the test's own, the current one, and how to leave it.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dirent.h>

#include "../check.h"

#include "../own_folder.h"

static char test_folder[OWN_FOLDER_BYTES];

static inline void enter_folder(void)
{
    enter_own_folder(test_folder);
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

/* Up to 1 MiB. */
static inline void copy_file(const char *from, const char *to)
{
    static char bytes[1 << 20];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");

    CHECK(in && out);
    if (!in || !out)
        exit(1);
    fwrite(bytes, 1, fread(bytes, 1, sizeof bytes, in), out);
    fclose(in);
    fclose(out);
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
    CHECK_EQ(leave_own_folder(test_folder), 0);
}
