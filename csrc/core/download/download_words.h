/* download_words.h: what a download's failure is told as. Pure; any thread.
 * Texts hold no URL. */
#pragma once

#include "base/status.h"
#include "download/partial.h"
#include "http/fetch.h"
#include "http/reply_head.h"

#pragma GCC visibility push(hidden)

/* The answer is the last word, and it is no. */
void lx_download_tell_refusal(struct lx_error *error,
                              const struct lx_reply_head *head);

/* The last request has ended without the whole content; `verdict` is what its
 * answer came to, if there was one. */
void lx_download_tell_cut(struct lx_error *error,
                          const struct lx_partial *partial,
                          const struct lx_reply_head *head,
                          enum lx_partial_verdict verdict,
                          const struct lx_fetch_end *end);

#pragma GCC visibility pop
