/* outcome.h: what one exchange means for the operation that sent it: the money
 * rules and the retry matrix in one table. Pure but for the memory of a mended
 * answer; any thread. */
#pragma once

#include "api/answer.h"
#include "api/envelope.h"
#include "api/task_id.h"
#include "api/verdict.h"

#pragma GCC visibility push(hidden)

struct lx_outcome {
    enum lx_verdict verdict;
    struct lx_envelope envelope; /* spans into `body` */
    const char *body;            /* the answer's, or what was made of it */
    size_t body_length;
    char *mended; /* owned: `body` where it had to be mended, else NULL */
    bool is_provisional; /* a create's id comes from an answer that was mended
                            or cut, or stands elsewhere: the service may not
                            know it */
    char task_id[LX_TASK_ID_MAX + 1]; /* that a create's answer names, be it a
                                         refusal; "" none */
    enum lx_state_class state_class;  /* of a query's record, when DONE */
    char state[LX_STATE_WORD_MAX];    /* its word */
    struct lx_error error; /* set unless DONE: what to tell the caller if
                              nothing better comes */
};

/* Judge `answer` to `operation`; its body is borrowed by the outcome. A create
 * is DONE wherever its answer accepts and names an id, whole or not. */
void lx_outcome_judge(enum lx_operation operation,
                      const struct lx_answer *answer,
                      struct lx_outcome *outcome);

/* Release what a judged outcome owns. */
void lx_outcome_deinit(struct lx_outcome *outcome);

#pragma GCC visibility pop
