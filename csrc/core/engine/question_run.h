/* question_run.h: questions carried out on a store. On the journal thread, as
 * ledger.h has it. */
#pragma once

#include "engine/inquiry.h"
#include "journal/journal.h"

#pragma GCC visibility push(hidden)

struct lx_question_verb {
    const char *name;
    enum lx_journal_rank rank;
    enum lx_store_status (*run)(struct lx_inquiry *inquiry,
                                struct lx_ledger *ledger);
};

/* Static storage; NULL: there is none of that name. */
const struct lx_question_verb *lx_question_verb_find(const char *name);

#pragma GCC visibility pop
