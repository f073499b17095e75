/* inquiry.h: one question on its way through a store, and its answer, for the
 * files of question_run.h. On the journal thread. */
#pragma once

#include "base/buffer.h"
#include "base/status.h"
#include "engine/question.h"
#include "journal/entry_copy.h"
#include "journal/entry_rows.h"

#include <stdbool.h>

#pragma GCC visibility push(hidden)

struct lx_inquiry {
    const struct lx_question *question;
    const char *origin;         /* whose entries are asked about */
    struct lx_buffer answer;    /* JSON */
    struct lx_entry_rows *rows; /* owned: goes with the answer; NULL: none */
    struct lx_error refusal;    /* of a kind but NONE: better words than the
                                   store's for a status that is not OK */
};

/* Append to the answer, up to 199 bytes; OK or MEMORY. */
enum lx_store_status lx_inquiry_reply(struct lx_inquiry *inquiry,
                                      const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

/* The empty rows of the answer; NULL: out of memory. */
struct lx_entry_rows *lx_inquiry_rows(struct lx_inquiry *inquiry);

/* The entries that are asked about, a page of them. */
struct lx_store_query lx_inquiry_query(const struct lx_inquiry *inquiry);

/* Whether the question names a single entry. */
bool lx_inquiry_is_single(const struct lx_inquiry *inquiry);

/* A store looks at one of id, key and task alone: whether the rest of the
 * question fits, too. */
bool lx_inquiry_fits(const struct lx_inquiry *inquiry,
                     const struct lx_entry *entry);

#pragma GCC visibility pop
