/* file_error.c: see file_error.h. */
#include "download/file_error.h"

bool lx_file_refuse(struct lx_error *error, const char *path,
                    enum lx_file_reason reason)
{
    enum lx_kind kind =
        reason == LX_FILE_MEMORY ? LX_KIND_MEMORY : LX_KIND_FILE;

    lx_error_set(error, kind, "cannot save %.200s: %s", path,
                 lx_file_words(reason));
    if (error)
        error->retryable = true;
    return false;
}

bool lx_file_refuse_name(struct lx_error *error, const char *path)
{
    lx_error_set(error, LX_KIND_FILE,
                 "%.200s exists already; give overwrite = true to replace it",
                 path);
    return false;
}
