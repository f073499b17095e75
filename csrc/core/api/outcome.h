/* outcome.h: what one exchange means for the operation that sent it: the money
 * rules and the retry matrix in one table. Pure. */
#pragma once

#include "api/answer.h"
#include "api/envelope.h"
#include "api/verdict.h"

struct lx_outcome {
    enum lx_verdict verdict;
    struct lx_envelope envelope;     /* spans into the answer's body */
    enum lx_state_class state_class; /* of a query's record, when DONE */
    char state[LX_STATE_WORD_MAX];   /* its word */
    struct lx_error error; /* set unless DONE: what to tell the caller if
                              nothing better comes */
};

/* Judge `answer` to `operation`. */
void lx_outcome_judge(enum lx_operation operation,
                      const struct lx_answer *answer,
                      struct lx_outcome *outcome);
