/* download_words.c: see download_words.h. */
#include "download/download_words.h"

#include <inttypes.h>

void lx_download_tell_refusal(struct lx_error *error,
                              const struct lx_reply_head *head)
{
    int status = head->status;
    enum lx_kind kind = lx_partial_kind(status);

    if (kind == LX_KIND_EXPIRED)
        lx_error_set(error, kind, "the URL is dead (HTTP %d)", status);
    else
        lx_error_set(error, kind, "the server refused the download (HTTP %d)",
                     status);
}

void lx_download_tell_cut(struct lx_error *error,
                          const struct lx_partial *partial,
                          const struct lx_reply_head *head,
                          enum lx_partial_verdict verdict,
                          const struct lx_fetch_end *end)
{
    int tries = partial->tries;

    if (end->is_memory_out)
        lx_error_set(error, LX_KIND_MEMORY, "out of memory");
    else if (verdict == LX_PARTIAL_LATER)
        lx_error_set(error, lx_partial_kind(head->status),
                     "the server answered HTTP %d, %d times: try again later",
                     head->status, tries);
    else if (verdict == LX_PARTIAL_ANEW)
        lx_error_set(error, LX_KIND_DOWNLOAD,
                     "the server sent parts that do not fit together, %d times",
                     tries);
    else if (end->is_answered && partial->total == 0)
        lx_error_set(error, LX_KIND_DOWNLOAD,
                     "the connection ended before the picture did, %d times: "
                     "%" PRIu64 " bytes came",
                     tries, partial->bytes);
    else if (end->is_answered)
        lx_error_set(error, LX_KIND_DOWNLOAD,
                     "wrong length: %" PRIu64 " of %" PRIu64
                     " bytes came, and no more in %d tries",
                     partial->bytes, partial->total, tries);
    else if (end->is_final)
        lx_error_set(error, end->kind, "not downloaded: %s", end->words);
    else
        lx_error_set(error, end->kind,
                     "the download was cut, %d tries, %" PRIu64 " of %" PRIu64
                     " bytes (0: unknown): %s",
                     tries, partial->bytes, partial->total, end->words);
}
