/* question_export.h: the whole journal as lines of JSON in a file. On the
 * journal thread. */
#pragma once

#include "engine/inquiry.h"

#pragma GCC visibility push(hidden)

/* Write a file that was not there, for its user's eyes only: all of it, or
 * none. inquiry->question->text is its path; the answer is how many lines. */
enum lx_store_status lx_question_export(struct lx_inquiry *inquiry,
                                        struct lx_ledger *ledger);

#pragma GCC visibility pop
