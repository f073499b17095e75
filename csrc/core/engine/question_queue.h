/* question_queue.h: entries that are put in for any worker to send, and how
 * workers get them. On the journal thread. */
#pragma once

#include "engine/inquiry.h"

#pragma GCC visibility push(hidden)

/* Put question->wish in. Answers true; false where it was there. */
enum lx_store_status lx_question_enqueue(struct lx_inquiry *inquiry,
                                         struct lx_ledger *ledger);

/* Claim up to question->limit that are due, of question->batch. Answers
 * {"entries": [...], "has_work": whether any is to be sent, watched or saved
 * by others; true where some were claimed}. */
enum lx_store_status lx_question_claim(struct lx_inquiry *inquiry,
                                       struct lx_ledger *ledger);

/* question->entry, claimed and not sent, is for others. Answers whether it is.
 */
enum lx_store_status lx_question_release(struct lx_inquiry *inquiry,
                                         struct lx_ledger *ledger);

#pragma GCC visibility pop
