/* file_words.c: see file_words.h. */
#include "download/file_words.h"

#include <errno.h>
#include <stdio.h>

static const struct {
    int number;
    const char *words;
} REASONS[] = {
    {ENOSPC, "the disk is full: make room and save again"},
    {EDQUOT, "the disk quota is used up: make room and save again"},
    {EFBIG, "the file would be larger than the file system or a limit of this "
            "process (ulimit -f) allows"},
    {EACCES, "no permission to write there: choose another folder or change "
             "its permissions"},
    {EPERM, "no permission to write there: choose another folder or change "
            "its permissions"},
    {EROFS, "the file system is read-only: choose another folder"},
    {ENOENT, "the folder to put it in does not exist: create it first"},
    {ENOTDIR, "a part of the path is a file, not a folder"},
    {EISDIR, "this is a folder: give the name of a file in it"},
    {EEXIST, "something that is no folder has its name"},
    {ELOOP, "a symbolic link stands where a file is to be written: remove it"},
    {ENXIO, "something that is no file stands there: remove it"},
    {EWOULDBLOCK, "another download is writing to this file: wait for its end "
                  "or choose another name"},
    {ENAMETOOLONG, "the name is too long: choose a shorter one"},
    {EMFILE, "this process has too many open files (ulimit -n)"},
    {ENFILE, "the system has too many open files"},
    {ENOMEM, "memory is out"},
    {EIO, "the disk reports a fault"},
};

void lx_file_words(int number, char words[LX_FILE_WORDS_MAX])
{
    for (size_t i = 0; i < sizeof(REASONS) / sizeof(REASONS[0]); i++)
        if (REASONS[i].number == number) {
            snprintf(words, LX_FILE_WORDS_MAX, "%s", REASONS[i].words);
            return;
        }
    /* strerror is not safe with threads everywhere: the number will do. */
    snprintf(words, LX_FILE_WORDS_MAX, "the system says errno %d", number);
}
