/* outcome.h: what one exchange means for the operation that sent it: the money
 * rules and the retry matrix in one table. Pure. */
#pragma once

#include "api/answer.h"
#include "api/envelope.h"

enum lx_operation { LX_OPERATION_CREATE, LX_OPERATION_QUERY };

enum lx_verdict {
    LX_VERDICT_DONE,        /* create: a task id; query: a record */
    LX_VERDICT_AGAIN,       /* a passing fault: the same may be sent again */
    LX_VERDICT_SLOWER,      /* refused for its rate: again, but later */
    LX_VERDICT_NOT_VISIBLE, /* the service does not know the task (yet) */
    LX_VERDICT_OVER         /* final: error says why */
};

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
