/* download_words.h: the errors that failed downloads report. Pure; any thread.
 * Texts hold no URL. */
#pragma once

#include "base/status.h"
#include "download/partial.h"
#include "http/fetch.h"
#include "http/reply_head.h"

#pragma GCC visibility push(hidden)

/* The answer refuses, and asking again is of no use. */
void lx_download_tell_refusal(struct lx_error *error,
                              const struct lx_reply_head *head);

/* The last request ended without the whole content; `verdict` is that on its
 * answer, if there was one. */
void lx_download_tell_cut(struct lx_error *error,
                          const struct lx_partial *partial,
                          const struct lx_reply_head *head,
                          enum lx_partial_verdict verdict,
                          const struct lx_fetch_end *end);

#pragma GCC visibility pop
