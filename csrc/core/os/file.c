/* file.c: what is the same on every system; see file.h. */
#include "os/file.h"

#define LX_FILE_REASON_WORDS(suffix, words) words,
static const char *const WORDS[] = {LX_FILE_REASON_MAP(LX_FILE_REASON_WORDS)};
#undef LX_FILE_REASON_WORDS

const char *lx_file_words(enum lx_file_reason reason)
{
    return WORDS[reason];
}

bool lx_file_is_open(const struct lx_file *file)
{
    return file->handle != -1;
}
