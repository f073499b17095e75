/* judge_rig.h: answers to the judge. */
#pragma once

#include "api/outcome.h"

#include "../check.h"

#define C LX_OPERATION_CREATE
#define Q LX_OPERATION_QUERY

/* The outcome holds until the next one is judged. */
static void judge_answer(enum lx_operation operation,
                         const struct lx_answer *answer,
                         struct lx_outcome *outcome)
{
    static struct lx_outcome last;

    lx_outcome_deinit(&last);
    lx_outcome_judge(operation, answer, &last);
    *outcome = last;
}

static void judge(enum lx_operation operation, int http_status,
                  const char *body, struct lx_outcome *outcome)
{
    struct lx_answer answer = {
        .transport = LX_TRANSPORT_ANSWERED,
        .http_status = http_status,
        .retry_after_ms = -1,
        .body = *body ? body : NULL,
        .body_length = strlen(body),
    };

    judge_answer(operation, &answer, outcome);
}
