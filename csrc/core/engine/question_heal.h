/* question_heal.h: lost answers, and the callbacks that heal them. On the
 * journal thread. The first two answer {"entry": as of entry_json.h, or null,
 * "attempt": which of its attempts, 0: none, "hint": a task's id, or null}. The
 * service has to confirm an id before it is written. */
#pragma once

#include "engine/inquiry.h"

#pragma GCC visibility push(hidden)

/* A callback has named question->task_id, perhaps with the token
 * question->text: it is kept. Whose it is. */
enum lx_store_status lx_question_hint(struct lx_inquiry *inquiry,
                                      struct lx_ledger *ledger);

/* Whether a callback has named the task of question->entry meanwhile. */
enum lx_store_status lx_question_lost(struct lx_inquiry *inquiry,
                                      struct lx_ledger *ledger);

/* The unknown entries that callbacks have named: a list of ids. */
enum lx_store_status lx_question_named(struct lx_inquiry *inquiry,
                                       struct lx_ledger *ledger);

/* The service knows question->text as the task of question->entry's attempt
 * question->attempt. Answers true. */
enum lx_store_status lx_question_heal(struct lx_inquiry *inquiry,
                                      struct lx_ledger *ledger);

/* The task of question->entry's attempt question->attempt has succeeded, as
 * somebody has learnt who watched it by its id alone. Answers true. */
enum lx_store_status lx_question_succeed(struct lx_inquiry *inquiry,
                                         struct lx_ledger *ledger);

#pragma GCC visibility pop
