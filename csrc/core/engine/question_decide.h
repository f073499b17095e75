/* question_decide.h: what people decide about entries. On the journal thread.
 * The answer of each: {"done": how many, "living": how many others a living
 * client is about to send, "other": the state of one that was asked about and
 * has no place for it, or null}. */
#pragma once

#include "engine/inquiry.h"

#pragma GCC visibility push(hidden)

/* Of what is unknown, or was left in the middle of sending: question->text says
 * what somebody found out. */
enum lx_store_status lx_question_resolve(struct lx_inquiry *inquiry,
                                         struct lx_ledger *ledger);

/* What is not sent yet is not sent any more. */
enum lx_store_status lx_question_cancel(struct lx_inquiry *inquiry,
                                        struct lx_ledger *ledger);

/* Results that are on no disk, as they had no target or their files are gone,
 * get the target question->text and wait for a client that resumes. */
enum lx_store_status lx_question_retarget(struct lx_inquiry *inquiry,
                                          struct lx_ledger *ledger);

#pragma GCC visibility pop
