/* verdict.h: the words in which an answer is judged. Plain data. */
#pragma once

enum lx_operation { LX_OPERATION_CREATE, LX_OPERATION_QUERY };

enum lx_verdict {
    LX_VERDICT_DONE,        /* create: a task id; query: a record */
    LX_VERDICT_AGAIN,       /* a passing fault: the same may be sent again */
    LX_VERDICT_SLOWER,      /* refused for its rate: again, but later */
    LX_VERDICT_NOT_VISIBLE, /* the service does not know the task (yet) */
    LX_VERDICT_REFUSED,     /* query: refused, which says nothing of the task */
    LX_VERDICT_BAD_KEY,     /* query: the key was refused */
    LX_VERDICT_OVER         /* final: error says why */
};
