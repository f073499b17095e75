/* reading.h: what an answer's body says, whatever became of it on the way. Pure
 * but for the memory of a mended answer; any thread. */
#pragma once

#include "api/answer.h"
#include "api/envelope.h"
#include "api/task_id.h"
#include "api/verdict.h"

#pragma GCC visibility push(hidden)

struct lx_reading {
    struct lx_envelope envelope; /* spans into `body` */
    const char *body;            /* the answer's, or what was made of it */
    size_t body_length;
    char *mended; /* owned by the caller: `body` where it had to be mended,
                     else NULL */
    char task_id[LX_TASK_ID_MAX + 1]; /* that a create's answer names; "" none
                                       */
    bool is_provisional; /* it stands where it might be another's */
};

/* Read the answer's body, which is borrowed: strictly, or else mended. A
 * create's task id is looked for, a query's record is put where the service has
 * it. */
void lx_reading_make(enum lx_operation operation,
                     const struct lx_answer *answer,
                     struct lx_reading *reading);

#pragma GCC visibility pop
